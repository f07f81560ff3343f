import type { NamedClass } from "../api/classify";
import type { Picture } from "./picture";

export const SORTINGS = [
  "added",
  "certain",
  "uncertain",
  "name",
  "file",
  "slow",
] as const;
export type Sorting = (typeof SORTINGS)[number];

export const GROUPINGS = ["none", "name", "kind"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Arrangement {
  sorting: Sorting;
  grouping: Grouping;
}

export const AS_ADDED: Arrangement = { sorting: "added", grouping: "none" };

export interface PictureGroup {
  // null: of those that have no name (yet), or all where nothing is grouped.
  title: string | null;
  pictures: readonly Picture[];
}

type KindOf = (one: NamedClass) => string | null;

const first = ({ answer }: Picture) => answer.peek()?.classes[0];

// In the order asked for; those without an answer come last, as they were added.
export function sortPictures(
  pictures: readonly Picture[],
  sorting: Sorting,
  compareText: (a: string, b: string) => number,
): readonly Picture[] {
  if (sorting === "added") return pictures;
  if (sorting === "file") {
    return [...pictures].sort((a, b) => compareText(a.name, b.name));
  }
  const answered = pictures.filter((one) => first(one));
  const others = pictures.filter((one) => !first(one));
  const certainty = (one: Picture) => first(one)?.probability ?? 0;
  const label = (one: Picture) => first(one)?.label ?? "";
  const time = (one: Picture) => one.answer.peek()?.timings.totalMs ?? 0;
  const compare = {
    certain: (a: Picture, b: Picture) => certainty(b) - certainty(a),
    uncertain: (a: Picture, b: Picture) => certainty(a) - certainty(b),
    name: (a: Picture, b: Picture) => compareText(label(a), label(b)),
    slow: (a: Picture, b: Picture) => time(b) - time(a),
  }[sorting];
  return [...answered.sort(compare), ...others];
}

// Groups by what comes first, the largest first; what has no name comes last.
export function groupPictures(
  pictures: readonly Picture[],
  grouping: Grouping,
  kindOf: KindOf,
): PictureGroup[] {
  if (grouping === "none") return [{ title: null, pictures }];
  const groups = new Map<string | null, Picture[]>();
  for (const picture of pictures) {
    const one = first(picture);
    const title = one
      ? grouping === "name"
        ? one.label
        : kindOf(one)
      : null;
    const group = groups.get(title);
    if (group) group.push(picture);
    else groups.set(title, [picture]);
  }
  return [...groups]
    .map(([title, pictures]) => ({ title, pictures }))
    .sort(
      (a, b) =>
        Number(a.title === null) - Number(b.title === null) ||
        b.pictures.length - a.pictures.length,
    );
}
