import type { NewPicture } from "../pictures/picture";

const PICTURE_NAME =
  /\.(jpe?g|jfif|png|webp|gif|bmp|tiff?|heic|heif|avif|svg)$/i;

// Whether a file claims to be a picture. Formats that the server does not know
// pass, too: its refusal says more than silence.
export function claimsToBePicture(file: { name: string; type: string }): boolean {
  return file.type.startsWith("image/") || PICTURE_NAME.test(file.name);
}

export interface Sorted {
  pictures: NewPicture[];
  leftOut: string[];
}

export function sortFiles(files: Iterable<File>): Sorted {
  const sorted: Sorted = { pictures: [], leftOut: [] };
  for (const file of files) {
    if (claimsToBePicture(file)) {
      sorted.pictures.push({ name: file.name, file });
    } else if (!file.name.startsWith(".")) {
      sorted.leftOut.push(file.name);
    }
  }
  return sorted;
}
