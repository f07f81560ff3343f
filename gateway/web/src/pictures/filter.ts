import type { NamedClass } from "../api/classify";
import { isUnsurePicture } from "./certainty";
import { sameFirst } from "./comparison";
import { isOpen, type Picture } from "./picture";

export type Show =
  | "all"
  | "answered"
  | "unsure"
  | "different"
  | "failed"
  | "open";

export interface Filter {
  text: string;
  show: Show;
  // Index of the class that comes first; null: any.
  first: number | null;
}

export const NO_FILTER: Filter = { text: "", show: "all", first: null };

export function isFiltered({ text, show, first }: Filter): boolean {
  return text.trim() !== "" || show !== "all" || first !== null;
}

// A picture matches by one of its first three names, by what kind of thing the
// first of them is, or by its file's name.
const NAMES_LOOKED_AT = 3;

// Words for the kind of thing that a class is.
export type KindsOf = (one: NamedClass) => readonly string[] | null;

export function matches(
  picture: Picture,
  filter: Filter,
  kindsOf: KindsOf = () => null,
): boolean {
  return (
    matchesShow(picture, filter.show) &&
    matchesFirst(picture, filter.first) &&
    matchesText(picture, filter.text, kindsOf)
  );
}

function matchesFirst(picture: Picture, first: number | null): boolean {
  return first === null || firstClass(picture)?.index === first;
}

function firstClass(picture: Picture): NamedClass | undefined {
  return picture.answer.peek()?.classes[0];
}

function matchesShow(picture: Picture, show: Show): boolean {
  const state = picture.state.peek();
  switch (show) {
    case "all":
      return true;
    case "answered":
      return picture.answer.peek() !== null;
    case "unsure":
      return isUnsurePicture(picture);
    case "different":
      return sameFirst(picture) === false;
    case "failed":
      return state.name === "failed";
    case "open":
      return isOpen(state) || state.name === "cancelled";
  }
}

function matchesText(
  picture: Picture,
  text: string,
  kindsOf: KindsOf,
): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  if (!wanted) return true;
  const names = (picture.answer.peek()?.classes ?? [])
    .slice(0, NAMES_LOOKED_AT)
    .map(({ label }) => label);
  const first = firstClass(picture);
  const kinds = (first && kindsOf(first)) ?? [];
  return [picture.name, ...names, ...kinds].some((name) =>
    name.toLocaleLowerCase().includes(wanted),
  );
}

export interface FrequentName {
  index: number;
  label: string;
  count: number;
}

// First names that several pictures share, most frequent first.
export function frequentNames(
  pictures: readonly Picture[],
  limit: number,
): FrequentName[] {
  const names = new Map<number, FrequentName>();
  for (const picture of pictures) {
    const first = firstClass(picture);
    if (!first) continue;
    const { index, label } = first;
    const count = (names.get(index)?.count ?? 0) + 1;
    names.set(index, { index, label, count });
  }
  return [...names.values()]
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
    .slice(0, limit);
}
