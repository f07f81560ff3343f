import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { holdUndo, offerUndo, releaseUndo, undo, undoable } from "./undo";

let happened: string[];

const action = (name: string) => ({
  text: () => name,
  undo: () => happened.push(`undo ${name}`),
  settle: () => happened.push(`settle ${name}`),
});

beforeEach(() => {
  vi.useFakeTimers();
  happened = [];
});

afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
});

test("an action can be undone for eight seconds", () => {
  offerUndo(action("clear"));
  vi.advanceTimersByTime(7_900);
  undo();
  vi.advanceTimersByTime(60_000);

  expect(happened).toEqual(["undo clear"]);
});

test("afterwards it is settled", () => {
  offerUndo(action("clear"));
  vi.advanceTimersByTime(8_000);
  undo();

  expect(happened).toEqual(["settle clear"]);
  expect(undoable.value).toBeNull();
});

test("the next action settles the one before", () => {
  offerUndo(action("first"));
  offerUndo(action("second"));
  undo();

  expect(happened).toEqual(["settle first", "undo second"]);
});

test("time stands still while the offer is read", () => {
  offerUndo(action("clear"));
  vi.advanceTimersByTime(7_000);
  holdUndo();
  vi.advanceTimersByTime(60_000);
  expect(happened).toEqual([]);
  releaseUndo();
  vi.advanceTimersByTime(8_000);

  expect(happened).toEqual(["settle clear"]);
});
