import { expect, test } from "vitest";
import { stagesOf } from "./stages";

const timings = (decodeMs: number, queueMs: number, inferenceMs: number, totalMs: number) => ({
  decodeMs,
  queueMs,
  inferenceMs,
  totalMs,
  batchSize: 1,
});

test("stages are to scale and fill the whole", () => {
  const stages = stagesOf(timings(2, 1, 5, 8));

  expect(stages.map(({ name }) => name)).toEqual(["decode", "queue", "inference"]);
  expect(stages.map(({ share }) => share)).toEqual([0.25, 0.125, 0.625]);
});

test("time that no stage accounts for is shown when it matters", () => {
  const other = stagesOf(timings(2, 1, 5, 10)).at(-1);

  expect(other).toEqual({ name: "other", ms: 2, share: 0.2 });
});

test("no timings make no bars, rather than broken ones", () => {
  expect(stagesOf(timings(0, 0, 0, 0)).every(({ share }) => share === 0)).toBe(true);
});
