import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { wait } from "./wait";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("waits for the time, and no longer than it is wanted", async () => {
  const ended: string[] = [];
  const abort = new AbortController();
  void wait(500, new AbortController().signal).then(() => ended.push("time"));
  void wait(500, abort.signal).then(() => ended.push("abort"));

  abort.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual(["abort"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(ended).toEqual(["abort", "time"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("does not begin once it is not wanted any more", async () => {
  await wait(500, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});
