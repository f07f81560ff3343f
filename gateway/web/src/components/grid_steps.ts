export type Step = "left" | "right" | "up" | "down" | "first" | "last";

export interface Place {
  top: number;
  left: number;
}

// The item that a step leads to, among items in rows from left to right; rows
// may be of different lengths, as where groups end. A step over the edge leads
// nowhere.
export function stepFrom(
  from: number,
  step: Step,
  count: number,
  placeOf: (item: number) => Place,
): number {
  switch (step) {
    case "left":
      return Math.max(0, from - 1);
    case "right":
      return Math.min(count - 1, from + 1);
    case "first":
      return 0;
    case "last":
      return count - 1;
    case "up":
      return inNextRow(from, -1, count, placeOf);
    case "down":
      return inNextRow(from, 1, count, placeOf);
  }
}

// The item of the row above or below that is nearest to the one it starts from.
function inNextRow(
  from: number,
  direction: 1 | -1,
  count: number,
  placeOf: (item: number) => Place,
): number {
  const start = placeOf(from);
  let best = from;
  let bestDistance = Infinity;
  let row: number | null = null;
  for (let i = from + direction; i >= 0 && i < count; i += direction) {
    const { top, left } = placeOf(i);
    if (top === start.top) continue;
    row ??= top;
    if (top !== row) break;
    const distance = Math.abs(left - start.left);
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return best;
}
