// Fills rows of up to six columns, so that most windows may change their width
// without another division.
const USUAL = 60;
const USUAL_COLUMNS = 6;
const ROWS = 10;

// Consecutive parts of a grid's items, each of which but the last fills its
// rows.
export function intoBlocks<T>(items: readonly T[], columns: number): T[][] {
  const size = columns > USUAL_COLUMNS ? columns * ROWS : USUAL;
  const blocks: T[][] = [];
  for (let i = 0; i < items.length; i += size) {
    blocks.push(items.slice(i, i + size));
  }
  return blocks;
}
