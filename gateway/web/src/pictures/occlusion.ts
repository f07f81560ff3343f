// How much an answer hangs on each part of what the model saw: parts are covered
// one after the other, and each time the model is asked again.

// Cells of a side, and cells of a side that are covered at a time.
export const CELLS = 7;
const WINDOW = 2;
const STEPS = CELLS - WINDOW + 1;

export interface Rectangle {
  left: number;
  top: number;
  side: number;
}

// What is covered, one by one, of a square with the side given.
export function windowsOf(side: number): Rectangle[] {
  const cell = side / CELLS;
  return Array.from({ length: STEPS * STEPS }, (_, i) => ({
    left: (i % STEPS) * cell,
    top: Math.floor(i / STEPS) * cell,
    side: WINDOW * cell,
  }));
}

// Of each cell, row by row, the share of the probability that is lost where it
// is covered, 0 … 1: the mean of the windows that cover it.
export function lossesOf(
  uncovered: number,
  covered: readonly number[],
): number[] {
  return Array.from({ length: CELLS * CELLS }, (_, cell) => {
    const row = Math.floor(cell / CELLS);
    const column = cell % CELLS;
    const losses: number[] = [];
    for (let top = row - WINDOW + 1; top <= row; top += 1) {
      for (let left = column - WINDOW + 1; left <= column; left += 1) {
        if (top < 0 || left < 0 || top >= STEPS || left >= STEPS) continue;
        losses.push(1 - (covered[top * STEPS + left] ?? uncovered) / uncovered);
      }
    }
    const mean = losses.reduce((sum, one) => sum + one, 0) / losses.length;
    return Math.min(1, Math.max(0, mean));
  });
}
