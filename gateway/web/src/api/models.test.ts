import { expect, test } from "vitest";
import { newestOfEachName, parseModels } from "./models";

test("of each name the newest ready version is offered, else the newest", () => {
  const { models } = parseModels({
    models: [
      { name: "a", version: "3", state: "STATE_LOADING" },
      { name: "a", version: "2", state: "STATE_READY" },
      { name: "a", version: "1", state: "STATE_READY" },
      { name: "b", version: "2", state: "STATE_FAILED" },
      { name: "b", version: "1", state: "STATE_FAILED" },
    ],
  });

  const offered = newestOfEachName(models);

  expect(offered.map(({ name, version }) => name + version)).toEqual([
    "a2",
    "b2",
  ]);
});

test("accuracy that was not measured is told from 0 %", () => {
  const { models } = parseModels({
    models: [
      { name: "a" },
      { name: "b", accuracy: { images: 500, top1: 0 } },
      { name: "c", accuracy: { images: 280, agreementWithFp32: 0.98 } },
    ],
  });

  expect(models[0]!.accuracy).toBeNull();
  expect(models[1]!.accuracy).toMatchObject({ images: 500, top1: 0 });
  expect(models[2]!.accuracy).toMatchObject({ top1: null, sameAsFp32: 0.98 });
});

test("a state of a later version of the API is unknown, not ready", () => {
  const { models } = parseModels({ models: [{ state: "STATE_ASLEEP" }] });

  expect(models[0]!.state).toBe("unknown");
});

test("a model of which several classes may be right at once is told", () => {
  const { models } = parseModels({
    models: [{ scores: "SCORES_SIGMOID" }, { scores: "SCORES_SOFTMAX" }, {}],
  });

  expect(models.map((one) => one.severalAtOnce)).toEqual([true, false, false]);
});

test("what a model takes, and how long batches take, is read", () => {
  const { models } = parseModels({
    models: [
      {
        input: { width: 224, height: 224, resizeShorterSide: 256 },
        batchTimes: [
          { batchSize: 8, duration: "0.03s" },
          { batchSize: 1, duration: "0.005s" },
        ],
      },
      { input: { width: 320, height: 224, resizeShorterSide: 256 } },
      {},
    ],
  });

  expect(models[0]!.input).toEqual({ side: 224, resizeTo: 256 });
  expect(models[0]!.batchTimes).toEqual([
    { size: 1, ms: 5 },
    { size: 8, ms: 30 },
  ]);
  expect(models[1]!.input).toBeNull();
  expect(models[2]!.input).toBeNull();
});
