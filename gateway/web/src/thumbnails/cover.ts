import type { ModelInput } from "../api/models";
import type { Rectangle } from "../pictures/occlusion";

// The mean colour of the pictures that such models learn from: it says least.
const COVER = "rgb(124 116 104)";
const QUALITY = 0.95;

// Makes copies of the square in the middle of a picture, in the size to which
// the model brings it, with part of what the model sees covered.
export async function coverer(
  file: Blob,
  { side, resizeTo }: ModelInput,
): Promise<(part: Rectangle | null) => Promise<Blob | null>> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const square = Math.min(width, height);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = resizeTo;
  const context = canvas.getContext("2d")!;
  const whole = document.createElement("canvas");
  whole.width = whole.height = resizeTo;
  const wholeContext = whole.getContext("2d")!;
  wholeContext.imageSmoothingQuality = "high";
  wholeContext.drawImage(
    bitmap,
    (width - square) / 2,
    (height - square) / 2,
    square,
    square,
    0,
    0,
    resizeTo,
    resizeTo,
  );
  bitmap.close();
  const edge = (resizeTo - side) / 2;
  return (part) => {
    context.drawImage(whole, 0, 0);
    if (part) {
      context.fillStyle = COVER;
      context.fillRect(
        edge + part.left,
        edge + part.top,
        part.side,
        part.side,
      );
    }
    return new Promise((resolve) =>
      canvas.toBlob(resolve, "image/jpeg", QUALITY),
    );
  };
}
