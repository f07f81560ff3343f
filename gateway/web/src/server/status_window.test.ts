import { describe, expect, test } from "vitest";
import { parseStatus } from "../api/status";
import {
  batchSizes,
  series,
  summary,
  withSample,
  type StatusSample,
} from "./status_window";

const sample = (
  seconds: number,
  wire: Parameters<typeof parseStatus>[0] = {},
): StatusSample => ({ at: seconds * 1000, status: parseStatus(wire) });

describe("withSample", () => {
  test("keeps the last minute", () => {
    const samples = [0, 1, 30, 60].map((at) => sample(at));

    const kept = withSample(samples, sample(61));

    expect(kept.map(({ at }) => at / 1000)).toEqual([1, 30, 60, 61]);
  });
});

describe("series", () => {
  test("counts time back from now", () => {
    const points = series(
      [sample(10, { queueDepth: 4 }), sample(11, { queueDepth: 7 })],
      11_000,
      ({ queueDepth }) => queueDepth,
    );

    expect(points).toEqual([
      { age: -1000, value: 4 },
      { age: 0, value: 7 },
    ]);
  });

  test("breaks where no report came", () => {
    const points = series([sample(10), sample(20)], 20_000, () => 1);

    expect(points.map(({ value }) => value)).toEqual([1, null, 1]);
  });

  test("has no figure for now while no report comes, and lets go of old ones", () => {
    const samples = [sample(10), sample(11)];

    const later = series(samples, 20_000, () => 1);
    expect(later.at(-1)?.value).toBeNull();
    expect(summary(later)).toEqual({ latest: null, highest: 1 });
    expect(series(samples, 70_500, () => 1).map(({ age }) => age)).toEqual([
      -59_500, -59_499,
    ]);
    expect(series(samples, 80_000, () => 1)).toEqual([]);
  });
});

describe("summary", () => {
  test("has the newest and the highest value", () => {
    const points = [3, 9, null, 5].map((value, i) => ({ age: i, value }));

    expect(summary(points)).toEqual({ latest: 5, highest: 9 });
  });

  test("has none where there are none", () => {
    expect(summary([])).toEqual({ latest: null, highest: null });
    expect(summary([{ age: 0, value: null }])).toEqual({
      latest: null,
      highest: null,
    });
  });
});

describe("batchSizes", () => {
  const report = (size: number, count: string) => ({
    window: "5s",
    batchSizes: [{ size, count }],
  });

  test("counts no batch twice in reports that overlap", () => {
    const samples = [1, 2, 3, 4, 5, 6].map((at) => sample(at, report(2, "10")));

    // Reports at 6 s and 1 s cover ten seconds between them.
    expect(batchSizes(samples)).toEqual([{ size: 2, count: 20 }]);
  });

  test("adds up sizes and sorts them", () => {
    const samples = [sample(0, report(4, "1")), sample(5, report(1, "2"))];

    expect(batchSizes(samples)).toEqual([
      { size: 1, count: 2 },
      { size: 4, count: 1 },
    ]);
  });
});
