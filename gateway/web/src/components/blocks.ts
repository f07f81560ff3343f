// Fills rows of one, two, three, four and six columns, so that most windows may
// change their width without another division.
const USUAL = 12;

// Consecutive parts of a grid's items, each of which but the last fills its
// rows. A part is laid out as a whole once it is near the window, hence small.
export function intoBlocks<T>(items: readonly T[], columns: number): T[][] {
  const size = USUAL % columns === 0 ? USUAL : 2 * columns;
  const blocks: T[][] = [];
  for (let i = 0; i < items.length; i += size) {
    blocks.push(items.slice(i, i + size));
  }
  return blocks;
}
