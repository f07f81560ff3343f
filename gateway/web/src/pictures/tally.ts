import { remedyFor, type Remedy } from "../api/failure";
import { isUnsurePicture } from "./certainty";
import { isOpen, type Picture } from "./picture";

export interface Tally {
  all: number;
  open: number;
  answered: number;
  unsure: number;
  failed: number;
  // Of those that failed.
  retryable: number;
  convertible: number;
  cancelled: number;
}

export function tallyOf(pictures: readonly Picture[]): Tally {
  const tally = {
    all: pictures.length,
    open: 0,
    answered: 0,
    unsure: 0,
    failed: 0,
    retryable: 0,
    convertible: 0,
    cancelled: 0,
  };
  for (const picture of pictures) {
    const state = picture.state.peek();
    if (isUnsurePicture(picture)) tally.unsure += 1;
    if (isOpen(state)) tally.open += 1;
    else if (state.name === "answered") tally.answered += 1;
    else if (state.name === "failed") {
      tally.failed += 1;
      const remedy = remedyOf(picture);
      if (remedy === "retry") tally.retryable += 1;
      if (remedy === "convert") tally.convertible += 1;
    } else tally.cancelled += 1;
  }
  return tally;
}

// What can be offered for a picture that failed. A browser that could not draw
// a thumbnail cannot convert the picture.
export function remedyOf({ state, thumbnail }: Picture): Remedy {
  const now = state.peek();
  if (now.name !== "failed") return "none";
  const remedy = remedyFor(now.failure.kind);
  return remedy === "convert" && thumbnail.peek() === "" ? "none" : remedy;
}
