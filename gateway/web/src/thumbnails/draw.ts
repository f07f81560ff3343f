export interface Drawn {
  blob: Blob;
  width: number;
  height: number;
  // Of the picture as it lies in the file, turned upright.
  originalWidth: number;
  originalHeight: number;
}

export interface DrawOrder {
  file: Blob;
  // Pixels; a picture that is smaller stays as it is.
  longerSide: number;
  // 0 … 1, of the JPEG.
  quality: number;
}

// Draws a smaller copy of a picture. Decoding and encoding happen off the
// calling thread where the browser can. Rejects if it is not a picture that the
// browser knows.
export async function draw(order: DrawOrder): Promise<Drawn> {
  const bitmap = await createImageBitmap(order.file);
  const { width: originalWidth, height: originalHeight } = bitmap;
  const scale = Math.min(
    1,
    order.longerSide / Math.max(originalWidth, originalHeight),
  );
  const width = Math.max(1, Math.round(originalWidth * scale));
  const height = Math.max(1, Math.round(originalHeight * scale));
  const canvas = makeCanvas(width, height);
  const context = canvas.getContext("2d") as OffscreenCanvasRenderingContext2D;
  // JPEG has no transparency; paper shows through instead of black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const blob = await encode(canvas, order.quality);
  return { blob, width, height, originalWidth, originalHeight };
}

type Canvas = OffscreenCanvas | HTMLCanvasElement;

function makeCanvas(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== "undefined") {
    return new OffscreenCanvas(width, height);
  }
  return Object.assign(document.createElement("canvas"), { width, height });
}

function encode(canvas: Canvas, quality: number): Promise<Blob> {
  const type = "image/jpeg";
  if ("convertToBlob" in canvas) return canvas.convertToBlob({ type, quality });
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject()), type, quality),
  );
}
