import { expect, test } from "vitest";
import { CELLS, lossesOf, windowsOf } from "./occlusion";

test("windows cover the whole square and nothing beside it", () => {
  const windows = windowsOf(224);

  expect(windows).toHaveLength(36);
  expect(windows[0]).toEqual({ left: 0, top: 0, side: 64 });
  expect(windows.at(-1)).toEqual({ left: 160, top: 160, side: 64 });
});

test("a cell loses what is lost on average where it is covered", () => {
  const covered = Array.from({ length: 36 }, () => 0.8);
  covered[0] = 0.4;
  const losses = lossesOf(0.8, covered);

  expect(losses).toHaveLength(CELLS * CELLS);
  expect(losses[0]).toBeCloseTo(0.5);
  expect(losses[1]).toBeCloseTo(0.25);
  expect(losses[CELLS + 1]).toBeCloseTo(0.125);
  expect(losses[3]).toBe(0);
});

test("what makes it more certain loses nothing", () => {
  expect(Math.max(...lossesOf(0.5, Array.from({ length: 36 }, () => 0.9)))).toBe(0);
});
