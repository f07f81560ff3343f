import type { NewPicture } from "../pictures/picture";

const PICTURE_NAME =
  /\.(jpe?g|jfif|png|webp|gif|bmp|tiff?|heic|heif|avif|svg)$/i;

// Whether a file claims to be a picture. Formats that the server does not know
// pass, too: its refusal says more than silence.
export function claimsToBePicture(file: { name: string; type: string }): boolean {
  return file.type.startsWith("image/") || PICTURE_NAME.test(file.name);
}

export interface FoundFile {
  file: File;
  // With the folders that led to it, where there were any.
  path: string;
}

export function found(file: File): FoundFile {
  return { file, path: file.webkitRelativePath || file.name };
}

const ORDER = new Intl.Collator(undefined, { numeric: true });

export interface Sorted {
  pictures: NewPicture[];
  leftOut: string[];
}

export function sortFiles(files: Iterable<FoundFile>): Sorted {
  const sorted: Sorted = { pictures: [], leftOut: [] };
  for (const { file, path } of files) {
    if (claimsToBePicture(file)) {
      sorted.pictures.push({ name: path, file });
    } else if (!file.name.startsWith(".")) {
      sorted.leftOut.push(file.name);
    }
  }
  // Folders tell theirs in whatever order the disk has them.
  if (sorted.pictures.some(({ name }) => name.includes("/"))) {
    sorted.pictures.sort((a, b) => ORDER.compare(a.name, b.name));
  }
  return sorted;
}
