import { describe, expect, test } from "vitest";
import { areaPath, linePath } from "./line_path";
import { niceCeiling } from "./scale";

test.each([
  [0, 1],
  [NaN, 1],
  [0.3, 0.5],
  [1, 1],
  [1.01, 2],
  [14.9, 20],
  [512, 1000],
  [0.0007, 0.001],
])("an axis for values up to %d ends at %d", (value, top) => {
  expect(niceCeiling(value)).toBeCloseTo(top, 10);
});

const FRAME = { width: 100, height: 50, span: 1000, top: 10 };

describe("linePath", () => {
  test("draws from the left (old) to the right (now), high values up", () => {
    const path = linePath(
      [
        { age: -1000, value: 0 },
        { age: 0, value: 10 },
      ],
      FRAME,
    );

    expect(path).toBe("M0 50h0L100 0");
  });

  test("breaks where there is no value", () => {
    const path = linePath(
      [
        { age: -1000, value: 5 },
        { age: -500, value: null },
        { age: 0, value: 5 },
      ],
      FRAME,
    );

    expect(path).toBe("M0 25h0M100 25h0");
  });

  test("has no area under a gap", () => {
    const path = areaPath(
      [
        { age: -1000, value: 5 },
        { age: -800, value: 5 },
        { age: -500, value: null },
        { age: -200, value: 10 },
        { age: 0, value: 10 },
      ],
      FRAME,
    );

    expect(path).toBe("M0 50L0 25L20 25L20 50ZM80 50L80 0L100 0L100 50Z");
  });

  test("draws nothing of nothing", () => {
    expect(linePath([], FRAME)).toBe("");
    expect(areaPath([], FRAME)).toBe("");
  });
});
