export type CameraProblem = "denied" | "none" | "busy" | "insecure" | "failed";

const PROBLEMS: Record<string, CameraProblem> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

export function cameraProblem(error: unknown): CameraProblem {
  return PROBLEMS[(error as Error | undefined)?.name ?? ""] ?? "failed";
}

export function cameraIsAllowed(): boolean {
  return Boolean(navigator.mediaDevices?.getUserMedia);
}

export type Facing = "environment" | "user";

export function openCamera(facing: Facing): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: {
      facingMode: { ideal: facing },
      width: { ideal: 1920 },
      height: { ideal: 1080 },
    },
  });
}

export async function countCameras(): Promise<number> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "videoinput").length;
}

export function closeCamera(stream: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}

export async function takePicture(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const blob = await drawFrame(video, canvas, 1, 0.92);
  if (!blob) throw new Error("no picture");
  return blob;
}

// Pixels of the shorter side: models look at about 224 of 256.
const FRAME_SIDE = 320;

// A small copy of what the video shows; null where it shows nothing yet.
export async function grabFrame(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
): Promise<Blob | null> {
  const shorter = Math.min(video.videoWidth, video.videoHeight);
  if (shorter === 0) return null;
  return drawFrame(video, canvas, Math.min(1, FRAME_SIDE / shorter), 0.85);
}

function drawFrame(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
  scale: number,
  quality: number,
): Promise<Blob | null> {
  const width = Math.round(video.videoWidth * scale);
  const height = Math.round(video.videoHeight * scale);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.getContext("2d")!.drawImage(video, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
