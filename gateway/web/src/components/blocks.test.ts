import { expect, test } from "vitest";
import { intoBlocks } from "./blocks";

const items = (count: number) => [...Array(count).keys()];

test("blocks hold all items, in order", () => {
  expect(intoBlocks(items(130), 4).flat()).toEqual(items(130));
  expect(intoBlocks([], 4)).toEqual([]);
});

test("only the last block may leave a row unfilled", () => {
  for (let columns = 1; columns <= 12; columns += 1) {
    const full = intoBlocks(items(1000), columns).slice(0, -1);
    expect(full.length).toBeGreaterThan(0);
    expect(full.every((block) => block.length % columns === 0)).toBe(true);
  }
});

test("most widths of a window have the same division", () => {
  for (const columns of [1, 2, 3, 6]) {
    expect(intoBlocks(items(200), columns)).toEqual(intoBlocks(items(200), 4));
  }
});
