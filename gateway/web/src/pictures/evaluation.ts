import type { Answer, NamedClass } from "../api/classify";
import { plainName } from "../labels/plain_name";
import type { Picture } from "./picture";

// What things are called, as far as it is known without asking.
export interface Nomenclature {
  // Every name of a class and of the kind of thing that it is.
  namesOf(one: NamedClass): readonly string[];
  knows(name: string): boolean;
}

export type AnswerOf = (picture: Picture) => Answer | null | undefined;

export interface FolderResult {
  folder: string;
  pictures: number;
  right: number;
}

// Pictures of one folder that were taken for something else.
export interface Confusion {
  folder: string;
  taken: NamedClass;
  pictures: number;
}

export interface Evaluation {
  pictures: number;
  // The folder's name comes first, or among the first five.
  right: number;
  amongFive: number;
  // Most pictures first.
  folders: FolderResult[];
  // Most frequent first.
  confusions: Confusion[];
  // Folders that are called like no class: not counted.
  unknown: string[];
}

const AMONG = 5;

// The folder that a picture lies in, which may be the name of what it shows.
export function folderOf({ name }: Picture): string | null {
  return name.split("/").at(-2) ?? null;
}

function spellings(folder: string): string[] {
  const plain = plainName(folder);
  return /[^s]s$/.test(plain) ? [plain, plain.slice(0, -1)] : [plain];
}

// Whether the folder is called like the class, or like its kind.
export function isNamed(
  one: NamedClass,
  folder: string,
  { namesOf }: Nomenclature,
): boolean {
  const names = [one.label, one.wordnetId, ...namesOf(one)].map(plainName);
  return spellings(folder).some((name) => names.includes(name));
}

export function isKnown(folder: string, { knows }: Nomenclature): boolean {
  return spellings(folder).some(knows);
}

// Takes the names of folders for what the pictures show.
export function evaluate(
  pictures: readonly Picture[],
  nomenclature: Nomenclature,
  answerOf: AnswerOf,
): Evaluation {
  const folders = new Map<string, FolderResult>();
  const confusions = new Map<string, Confusion>();
  const evaluation = { pictures: 0, right: 0, amongFive: 0 };
  const known = knownFolders(pictures, nomenclature, answerOf);
  const unknown = new Set<string>();
  for (const picture of pictures) {
    const folder = folderOf(picture);
    const classes = answerOf(picture)?.classes;
    const first = classes?.[0];
    if (folder === null || !first) continue;
    if (!known.has(folder)) {
      unknown.add(folder);
      continue;
    }
    const place = classes
      .slice(0, AMONG)
      .findIndex((one) => isNamed(one, folder, nomenclature));
    const result = folders.get(folder) ?? { folder, pictures: 0, right: 0 };
    folders.set(folder, result);
    result.pictures += 1;
    evaluation.pictures += 1;
    if (place >= 0) evaluation.amongFive += 1;
    if (place === 0) {
      evaluation.right += 1;
      result.right += 1;
    } else count(confusions, folder, first);
  }
  return {
    ...evaluation,
    folders: mostFirst(folders),
    confusions: mostFirst(confusions),
    unknown: [...unknown],
  };
}

function count(
  confusions: Map<string, Confusion>,
  folder: string,
  taken: NamedClass,
): void {
  const key = `${taken.index} ${folder}`;
  const confusion = confusions.get(key) ?? { folder, taken, pictures: 0 };
  confusion.pictures += 1;
  confusions.set(key, confusion);
}

function mostFirst<T extends { pictures: number }>(all: Map<string, T>): T[] {
  return [...all.values()].sort((a, b) => b.pictures - a.pictures);
}

// A class that is not in the table is known once it has appeared in an answer.
function knownFolders(
  pictures: readonly Picture[],
  nomenclature: Nomenclature,
  answerOf: AnswerOf,
): Set<string> {
  const folders = new Set<string>();
  for (const picture of pictures) folders.add(folderOf(picture) ?? "");
  folders.delete("");
  const known = [...folders].filter((one) => isKnown(one, nomenclature));
  if (known.length === folders.size) return folders;
  const seen = new Set(
    pictures
      .flatMap((picture) => answerOf(picture)?.classes ?? [])
      .map(({ label }) => plainName(label)),
  );
  const isSeen = (folder: string) =>
    spellings(folder).some((name) => seen.has(name));
  return new Set([...known, ...[...folders].filter(isSeen)]);
}

// Where the true share lies, with 95 % confidence, if so many of so many are
// right (Wilson's interval).
export function intervalOf(right: number, all: number): [number, number] {
  const z = 1.96;
  const share = right / all;
  const middle = share + (z * z) / (2 * all);
  const reach =
    z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
  const whole = 1 + (z * z) / all;
  return [
    Math.max(0, (middle - reach) / whole),
    Math.min(1, (middle + reach) / whole),
  ];
}
