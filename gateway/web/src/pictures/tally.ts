import { isOpen, type Picture } from "./picture";

export interface Tally {
  all: number;
  open: number;
  answered: number;
  failed: number;
  cancelled: number;
}

export function tallyOf(pictures: readonly Picture[]): Tally {
  const tally = {
    all: pictures.length,
    open: 0,
    answered: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const picture of pictures) {
    const state = picture.state.peek();
    if (isOpen(state)) tally.open += 1;
    else if (state.name === "answered") tally.answered += 1;
    else if (state.name === "failed") tally.failed += 1;
    else tally.cancelled += 1;
  }
  return tally;
}
