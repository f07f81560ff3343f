import type { Size } from "../pictures/picture";
import type { Draw } from "./drawing_office";

// Pixels of the longer side. Models look at a few hundred pixels; this leaves
// room for the resizing that they do themselves.
export const SHRINK_TO = 1280;
const QUALITY = 0.92;

// The original where it is small already or the browser cannot draw it.
export async function shrink(
  draw: Draw,
  file: Blob,
): Promise<{ file: Blob; size: Size | null }> {
  const drawn = await draw({
    file,
    longerSide: SHRINK_TO,
    quality: QUALITY,
  }).catch(() => null);
  if (!drawn || drawn.width === drawn.originalWidth) {
    return { file, size: null };
  }
  return {
    file: drawn.blob,
    size: { width: drawn.width, height: drawn.height },
  };
}

// A JPEG in any case; null where the browser cannot draw it.
export async function convert(
  draw: Draw,
  file: Blob,
): Promise<{ file: Blob; size: Size } | null> {
  const drawn = await draw({
    file,
    longerSide: SHRINK_TO,
    quality: QUALITY,
  }).catch(() => null);
  return (
    drawn && {
      file: drawn.blob,
      size: { width: drawn.width, height: drawn.height },
    }
  );
}
