import type { Answer } from "../api/classify";
import type { Picture } from "./picture";

// Below this the page admits that the model is guessing.
const UNSURE_BELOW = 0.35;

export function isUnsure(answer: Answer | null): boolean {
  const best = answer?.classes[0];
  return best !== undefined && best.probability < UNSURE_BELOW;
}

export function isUnsurePicture({ answer, state }: Picture): boolean {
  return state.peek().name !== "failed" && isUnsure(answer.peek());
}
