export type Step = "left" | "right" | "up" | "down" | "first" | "last";

// The place that a step leads to in a grid of `count` items in rows of
// `columns`. A step over the edge leads nowhere.
export function stepFrom(
  from: number,
  step: Step,
  count: number,
  columns: number,
): number {
  const to = {
    left: from - 1,
    right: from + 1,
    up: from - columns,
    down: from + columns,
    first: 0,
    last: count - 1,
  }[step];
  if (step === "down" && to >= count) {
    const lastRow = Math.floor((count - 1) / columns);
    return Math.floor(from / columns) < lastRow ? count - 1 : from;
  }
  return to < 0 || to >= count ? from : to;
}
