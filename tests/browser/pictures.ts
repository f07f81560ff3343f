// Pictures for the journeys, made in the browser so that none needs to be kept.
import type { Page } from "playwright-core";

export interface PictureFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

// Each one different: a ground with a few shapes on it, as JPEG.
export async function makePictures(
  page: Page,
  count: number,
): Promise<PictureFile[]> {
  const encoded = await page.evaluate(async (count) => {
    const made: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const canvas = new OffscreenCanvas(640, 480);
      const context = canvas.getContext("2d")!;
      context.fillStyle = `hsl(${(i * 47) % 360} 35% 62%)`;
      context.fillRect(0, 0, 640, 480);
      for (let shape = 0; shape < 6; shape += 1) {
        context.fillStyle = `hsl(${(i * 83 + shape * 40) % 360} 50% 45%)`;
        context.beginPath();
        context.arc(
          (i * 131 + shape * 173) % 640,
          (i * 71 + shape * 97) % 480,
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
  }, count);
  return encoded.map((base64, i) => ({
    name: `picture-${String(i + 1).padStart(3, "0")}.jpg`,
    mimeType: "image/jpeg",
    buffer: Buffer.from(base64, "base64"),
  }));
}
