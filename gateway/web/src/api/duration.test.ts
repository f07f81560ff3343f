import { describe, expect, test } from "vitest";
import { durationMs } from "./duration";

describe("durationMs", () => {
  test.each([
    ["0s", 0],
    ["1s", 1000],
    ["0.0123s", 12.3],
    ["0.000041s", 0.041],
    ["3600.5s", 3_600_500],
    ["-0.25s", -250],
    ["0.123456789s", 123.456789],
  ])("reads %s", (text, ms) => {
    expect(durationMs(text)).toBeCloseTo(ms, 9);
  });

  test("gives no digits that were not there", () => {
    expect(durationMs("0.000203033s")).toBe(0.203033);
    expect(durationMs("0.017203s")).toBe(17.203);
  });

  test.each(["", "1", "s", "1.s", ".5s", "1e3s", " 1s", "0.1234567890s", undefined])(
    "refuses %j",
    (text) => {
      expect(durationMs(text)).toBeNull();
    },
  );
});
