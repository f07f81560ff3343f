import type { Answer } from "../api/classify";
import type { Picture } from "../pictures/picture";

// What an export says about one picture.
export interface ExportRow {
  file: string;
  bytes: number;
  state: string;
  error: string | null;
  answer: Answer | null;
  // Of the model that is compared with, where there is one.
  other: Answer | null;
  // What its folder's name says it is, and whether that came first.
  verdict: Verdict | null;
}

export interface Verdict {
  expected: string;
  right: boolean;
}

export function rowsOf(
  pictures: readonly Picture[],
  verdictOf: (picture: Picture) => Verdict | null = () => null,
): ExportRow[] {
  return pictures.map((picture) => {
    const state = picture.state.peek();
    return {
      file: picture.name,
      bytes: picture.file.size,
      state: state.name,
      error:
        state.name === "failed"
          ? state.failure.message || state.failure.kind
          : null,
      answer: rounded(picture.answer.peek()),
      verdict: verdictOf(picture),
      other: rounded(picture.other.peek()?.answer ?? null),
    };
  });
}

// To what a single-precision probability can tell.
function rounded(answer: Answer | null): Answer | null {
  if (!answer) return null;
  const classes = answer.classes.map((one) => ({
    ...one,
    probability: Number(one.probability.toFixed(6)),
  }));
  return { ...answer, classes };
}
