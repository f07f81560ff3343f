import type { Evaluation } from "../pictures/evaluation";
import { csvOfLines } from "./csv";

// How often pictures of each folder were taken for what. "right": for what the
// folder is called.
export function evaluationCsv({ folders, confusions }: Evaluation): string {
  return csvOfLines([
    ["folder", "taken_for", "wordnet_id", "pictures", "right"],
    ...folders.flatMap(({ folder, right }) => [
      [folder, "", "", right, "yes"],
      ...confusions
        .filter((one) => one.folder === folder)
        .map(({ taken, pictures }) => [
          folder,
          taken.label,
          taken.wordnetId,
          pictures,
          "no",
        ]),
    ]),
  ]);
}
