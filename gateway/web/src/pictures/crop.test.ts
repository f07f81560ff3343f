import { expect, test } from "vitest";
import { cropOf } from "./crop";

const RESNET = { side: 224, resizeTo: 256 };

test.each([
  [256, 256, 0.875, 0.875],
  [512, 256, 0.4375, 0.875],
  [300, 900, 0.875, 0.875 / 3],
])("of %d × %d a model sees the middle", (width, height, wide, high) => {
  const crop = cropOf({ width, height }, RESNET);

  expect(crop.width).toBeCloseTo(wide);
  expect(crop.height).toBeCloseTo(high);
});

test("a model that resizes to its own side sees all of a square", () => {
  const crop = cropOf({ width: 50, height: 50 }, { side: 224, resizeTo: 224 });

  expect(crop).toEqual({ width: 1, height: 1 });
});
