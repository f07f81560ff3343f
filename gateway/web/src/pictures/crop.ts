import type { ModelInput } from "../api/models";
import type { Size } from "./picture";

// How much of a picture's width and height the model saw, 0 … 1. It is in the
// middle of both.
export function cropOf(picture: Size, { side, resizeTo }: ModelInput): Size {
  const shorter = Math.min(picture.width, picture.height);
  const seen = shorter * Math.min(1, side / resizeTo);
  return { width: seen / picture.width, height: seen / picture.height };
}
