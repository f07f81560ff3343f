import type { Answer } from "../api/classify";
import type { Picture } from "../pictures/picture";

// What an export says about one picture.
export interface ExportRow {
  file: string;
  bytes: number;
  state: string;
  error: string | null;
  answer: Answer | null;
}

export function rowsOf(pictures: readonly Picture[]): ExportRow[] {
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
      answer: picture.answer.peek(),
    };
  });
}
