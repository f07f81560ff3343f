// Pictures for the journeys, made in the browser so that none needs to be kept.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Page } from "playwright-core";

export interface PictureFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const SIZE = { width: 640, height: 480 };

// Each one different: a ground with a few shapes on it, as JPEG.
export async function makePictures(
  page: Page,
  count: number,
  size = SIZE,
): Promise<PictureFile[]> {
  const draw = async ({ count, size }: { count: number; size: typeof SIZE }) => {
    const made: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const canvas = new OffscreenCanvas(size.width, size.height);
      const context = canvas.getContext("2d")!;
      context.fillStyle = `hsl(${(i * 47) % 360} 35% 62%)`;
      context.fillRect(0, 0, size.width, size.height);
      for (let shape = 0; shape < 6; shape += 1) {
        context.fillStyle = `hsl(${(i * 83 + shape * 40) % 360} 50% 45%)`;
        context.beginPath();
        context.arc(
          (i * 131 + shape * 173) % size.width,
          (i * 71 + shape * 97) % size.height,
          40 + ((i + shape * 29) % 90),
          0,
          7,
        );
        context.fill();
      }
      const blob = await canvas.convertToBlob({ type: "image/jpeg" });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      made.push(btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join("")));
    }
    return made;
  };
  const encoded = await page.evaluate(draw, { count, size });
  return encoded.map((base64, i) => ({
    name: `picture-${String(i + 1).padStart(3, "0")}.jpg`,
    mimeType: "image/jpeg",
    buffer: Buffer.from(base64, "base64"),
  }));
}

// A Windows bitmap: browsers draw it, the mock does not take it.
export function makeBitmap(name: string, width = 64, height = 48): PictureFile {
  const HEADERS = 54;
  const buffer = Buffer.alloc(HEADERS + width * height * 4, 0x9a);
  buffer.write("BM", "latin1");
  buffer.writeUInt32LE(buffer.length, 2);
  buffer.writeUInt32LE(HEADERS, 10);
  buffer.writeUInt32LE(40, 14);
  buffer.writeInt32LE(width, 18);
  buffer.writeInt32LE(height, 22);
  buffer.writeUInt16LE(1, 26);
  buffer.writeUInt16LE(32, 28);
  buffer.writeUInt32LE(0, 30);
  return { name, mimeType: "image/bmp", buffer };
}

// As makePictures, one of the size given, as PNG.
export async function makePng(
  page: Page,
  name: string,
  width: number,
  height: number,
): Promise<PictureFile> {
  const draw = async ({ width, height }: { width: number; height: number }) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d")!.fillRect(0, 0, width, height);
    const bytes = await (await canvas.convertToBlob()).arrayBuffer();
    return Array.from(new Uint8Array(bytes));
  };
  const bytes = await page.evaluate(draw, { width, height });
  return { name, mimeType: "image/png", buffer: Buffer.from(bytes) };
}

export interface Folder {
  path: string;
  files: string[];
  remove(): Promise<void>;
}

// A folder on disk with the files in it; names may have folders in them.
export async function makeFolder(
  files: readonly PictureFile[],
): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "wanwu-pictures-"));
  const paths = files.map(({ name }) => join(path, name));
  for (const [i, { buffer }] of files.entries()) {
    await mkdir(dirname(paths[i]!), { recursive: true });
    await writeFile(paths[i]!, buffer);
  }
  return {
    path,
    files: paths,
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
