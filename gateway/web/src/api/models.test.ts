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
    models: [{ name: "a" }, { name: "b", accuracy: { images: 500 } }],
  });

  expect(models[0]!.accuracy).toBeNull();
  expect(models[1]!.accuracy).toMatchObject({ images: 500, top1: 0 });
});

test("a state of a later version of the API is unknown, not ready", () => {
  const { models } = parseModels({ models: [{ state: "STATE_ASLEEP" }] });

  expect(models[0]!.state).toBe("unknown");
});
