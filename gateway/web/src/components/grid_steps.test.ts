import { expect, test } from "vitest";
import { stepFrom, type Step } from "./grid_steps";

// Rows of three items, three, one (where a group ends), and two.
const PLACES = [
  [0, 0, 0],
  [100, 100, 100],
  [200],
  [300, 300],
].flatMap((row) => row.map((top, column) => ({ top, left: column * 50 })));

test.each<[number, Step, number]>([
  [0, "right", 1],
  [0, "left", 0],
  [2, "right", 3],
  [8, "right", 8],
  [1, "down", 4],
  [4, "up", 1],
  [1, "up", 1],
  [5, "down", 6],
  [6, "down", 7],
  [8, "up", 6],
  [8, "down", 8],
  [4, "first", 0],
  [4, "last", 8],
])("from %d a step %s leads to %d", (from, step, to) => {
  expect(stepFrom(from, step, PLACES.length, (i) => PLACES[i]!)).toBe(to);
});
