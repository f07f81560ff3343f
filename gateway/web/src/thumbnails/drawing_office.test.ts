import { expect, test, vi } from "vitest";
import type { Drawn } from "./draw";
import { DrawingOffice } from "./drawing_office";
import { shrink } from "./shrink";

const DRAWN: Drawn = {
  blob: new Blob(["small"]),
  width: 10,
  height: 10,
  originalWidth: 20,
  originalHeight: 20,
};
const ORDER = { file: new Blob(), longerSide: 10, quality: 0.8 };
const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));

function manualDraw() {
  const ends: ((drawn: Drawn | null) => void)[] = [];
  const draw = vi.fn(
    () => new Promise<Drawn | null>((resolve) => ends.push(resolve)),
  );
  return { draw, ends };
}

test("draws no more than the limit at a time", async () => {
  const { draw, ends } = manualDraw();
  const office = new DrawingOffice(2, draw);

  const orders = [1, 2, 3].map(() => office.order(ORDER));
  expect(draw).toHaveBeenCalledTimes(2);
  ends[0]!(DRAWN);
  await orders[0];

  expect(draw).toHaveBeenCalledTimes(3);
});

test("passes over what is no longer wanted when its turn comes", async () => {
  const { draw, ends } = manualDraw();
  const office = new DrawingOffice(1, draw);
  let wanted = true;

  void office.order(ORDER);
  const second = office.order(ORDER, () => wanted);
  wanted = false;
  ends[0]!(DRAWN);

  expect(await second).toBeNull();
  expect(draw).toHaveBeenCalledTimes(1);
});

test("a picture that cannot be drawn does not stop the others", async () => {
  const office = new DrawingOffice(1, () => Promise.reject(new Error("no")));

  expect(await office.order(ORDER)).toBeNull();
  expect(await office.order(ORDER)).toBeNull();
  await turn();
});

test("shrinking sends the smaller copy, or the original where there is none", async () => {
  const file = new Blob(["original"]);

  expect(await shrink(() => Promise.resolve(DRAWN), file)).toEqual({
    file: DRAWN.blob,
    size: { width: 10, height: 10 },
  });
  expect(await shrink(() => Promise.resolve(null), file)).toEqual({
    file,
    size: null,
  });
  const same = { ...DRAWN, originalWidth: DRAWN.width };
  expect((await shrink(() => Promise.resolve(same), file)).file).toBe(file);
});
