import { expect, test } from "vitest";
import { fileName } from "./download";

test("a file's name tells the time by the clock on the wall", () => {
  expect(fileName("csv", new Date(2026, 2, 5, 7, 8, 9))).toBe(
    "wanwu-20260305-070809.csv",
  );
});
