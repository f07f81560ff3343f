import { isOpen, type Picture } from "./picture";

export type Show = "all" | "answered" | "failed" | "open";

export interface Filter {
  text: string;
  show: Show;
}

export const NO_FILTER: Filter = { text: "", show: "all" };

// A picture matches by one of its first three names, or by its file's name.
const NAMES_LOOKED_AT = 3;

export function matches(picture: Picture, filter: Filter): boolean {
  return matchesShow(picture, filter.show) && matchesText(picture, filter.text);
}

function matchesShow(picture: Picture, show: Show): boolean {
  const state = picture.state.peek();
  switch (show) {
    case "all":
      return true;
    case "answered":
      return picture.answer.peek() !== null;
    case "failed":
      return state.name === "failed";
    case "open":
      return isOpen(state) || state.name === "cancelled";
  }
}

function matchesText(picture: Picture, text: string): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  if (!wanted) return true;
  const names = (picture.answer.peek()?.classes ?? [])
    .slice(0, NAMES_LOOKED_AT)
    .map(({ label }) => label);
  return [picture.name, ...names].some((name) =>
    name.toLocaleLowerCase().includes(wanted),
  );
}

// First names that several pictures share, most frequent first.
export function frequentNames(
  pictures: readonly Picture[],
  limit: number,
): { label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const picture of pictures) {
    const label = picture.answer.peek()?.classes[0]?.label;
    if (label) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1))
    .slice(0, limit);
}
