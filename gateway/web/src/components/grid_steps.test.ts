import { expect, test } from "vitest";
import { stepFrom, type Step } from "./grid_steps";

// Eight items in rows of three.
test.each<[number, Step, number]>([
  [0, "right", 1],
  [0, "left", 0],
  [2, "right", 3],
  [1, "down", 4],
  [4, "up", 1],
  [1, "up", 1],
  [5, "down", 7],
  [7, "down", 7],
  [7, "right", 7],
  [4, "first", 0],
  [4, "last", 7],
])("from %d a step %s leads to %d", (from, step, to) => {
  expect(stepFrom(from, step, 8, 3)).toBe(to);
});
