import { addressIn } from "./addresses";
import { found, type FoundFile } from "./sorting";

// What was dropped on the page or pasted into it.
export type Dropped =
  | { kind: "files"; files: FoundFile[] }
  // Only the address of a picture came along.
  | { kind: "address"; address: string }
  | { kind: "nothing" };

// Must be called in the event's own turn: a DataTransfer is empty afterwards.
export function takeDropped(transfer: DataTransfer): () => Promise<Dropped> {
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.kind === "file" ? item.webkitGetAsEntry?.() : null;
    return entry ? [entry] : [];
  });
  const files = [...transfer.files];
  const address =
    transfer.getData("text/uri-list").split(/\r?\n/)[0] ||
    imageInHtml(transfer) ||
    addressIn(transfer.getData("text/plain"));
  return async () => {
    const hasFolder = entries.some((entry) => entry.isDirectory);
    const all = hasFolder ? await filesOfEntries(entries) : files.map(found);
    if (all.length > 0 || hasFolder) return { kind: "files", files: all };
    if (!address) return { kind: "nothing" };
    const inline = fileOfDataUrl(address);
    if (inline) return { kind: "files", files: [found(inline)] };
    return { kind: "address", address };
  };
}

function imageInHtml(transfer: DataTransfer): string {
  const html = transfer.getData("text/html");
  if (!html) return "";
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("img")?.getAttribute("src") ?? "";
}

// The file in a data: address of a picture, which no policy forbids to read.
export function fileOfDataUrl(url: string): File | null {
  const match = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(url);
  if (!match?.[1] || !match[2]) return null;
  const bytes = Uint8Array.from(atob(match[2].replace(/\s/g, "")), (char) =>
    char.charCodeAt(0),
  );
  const extension = match[1].slice("image/".length).replace(/\W.*/, "");
  return new File([bytes], `picture.${extension}`, { type: match[1] });
}

export async function filesOfEntries(
  entries: readonly FileSystemEntry[],
): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  const sort = async (entry: FileSystemEntry) => {
    if (entry.isDirectory) folders.push(entry as FileSystemDirectoryEntry);
    else {
      const file = await fileOf(entry as FileSystemFileEntry);
      files.push({ file, path: entry.fullPath.replace(/^\//, "") });
    }
  };
  for (const entry of entries) await sort(entry);
  for (let folder = folders.shift(); folder; folder = folders.shift()) {
    for (const entry of await entriesOf(folder)) await sort(entry);
  }
  return files;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function entriesOf(
  folder: FileSystemDirectoryEntry,
): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // A reader gives at most a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}
