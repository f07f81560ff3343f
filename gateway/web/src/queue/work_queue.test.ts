import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WorkQueue, type Outcome } from "./work_queue";

// Work that ends when the test says so.
class ManualWork {
  readonly started: string[] = [];
  readonly aborted: string[] = [];
  private readonly ends = new Map<string, (outcome: Outcome) => void>();

  readonly run = (key: string, signal: AbortSignal) =>
    new Promise<Outcome>((resolve, reject) => {
      this.started.push(key);
      this.ends.set(key, resolve);
      signal.addEventListener("abort", () => {
        this.aborted.push(key);
        reject(signal.reason);
      });
    });

  async end(key: string, outcome: Outcome = { end: "done" }): Promise<void> {
    this.ends.get(key)?.(outcome);
    await vi.advanceTimersByTimeAsync(0);
  }
}

let work: ManualWork;
let queue: WorkQueue<string>;

beforeEach(() => {
  vi.useFakeTimers();
  work = new ManualWork();
  queue = new WorkQueue(2, work.run);
});

afterEach(() => {
  vi.useRealTimers();
});

const addAll = (...keys: string[]) => keys.forEach((key) => queue.add(key));

describe("WorkQueue", () => {
  test("runs no more than the limit at a time, in order", async () => {
    addAll("a", "b", "c", "d");
    expect(work.started).toEqual(["a", "b"]);

    await work.end("b");
    expect(work.started).toEqual(["a", "b", "c"]);

    await work.end("a");
    expect(work.started).toEqual(["a", "b", "c", "d"]);
  });

  test("takes a key once while it is in the queue, again afterwards", async () => {
    addAll("a", "a");
    expect(work.started).toEqual(["a"]);

    await work.end("a");
    queue.add("a");

    expect(work.started).toEqual(["a", "a"]);
  });

  test("cancels what waits without running it", async () => {
    addAll("a", "b", "c", "d");

    queue.cancel(new Set(["c"]));
    await work.end("a");

    expect(work.started).toEqual(["a", "b", "d"]);
    expect(queue.has("c")).toBe(false);
  });

  test("aborts what runs, and lets the next begin", async () => {
    addAll("a", "b", "c");

    queue.cancel(new Set(["a"]));

    expect(work.aborted).toEqual(["a"]);
    expect(work.started).toEqual(["a", "b", "c"]);
  });

  test("cancels several without starting any of them", async () => {
    addAll("a", "b", "c", "d", "e");

    queue.cancel(new Set(["a", "b", "c", "d"]));

    expect(work.aborted).toEqual(["a", "b"]);
    expect(work.started).toEqual(["a", "b", "e"]);
  });

  test("cancels everything, running, delayed and waiting", async () => {
    addAll("a", "b", "c", "d");
    await work.end("a", { end: "later", delayMs: 100 });

    expect(queue.cancelAll().sort()).toEqual(["a", "b", "c", "d"]);
    await vi.advanceTimersByTimeAsync(1000);

    expect(work.started).toEqual(["a", "b", "c"]);
    expect(work.aborted.sort()).toEqual(["b", "c"]);
  });

  test("runs a key again when its delay has passed, not before", async () => {
    queue.add("a");
    await work.end("a", { end: "later", delayMs: 500 });

    await vi.advanceTimersByTimeAsync(499);
    expect(work.started).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);

    expect(work.started).toEqual(["a", "a"]);
  });

  test("a delayed key leaves its place to others", async () => {
    addAll("a", "b", "c");

    await work.end("a", { end: "later", delayMs: 500 });

    expect(work.started).toEqual(["a", "b", "c"]);
  });

  test("hurries delayed keys on request", async () => {
    queue.add("a");
    await work.end("a", { end: "later", delayMs: 60_000 });

    queue.hurry();

    expect(work.started).toEqual(["a", "a"]);
  });

  test("starts nothing while paused, and goes on when resumed", async () => {
    queue.pause();
    addAll("a", "b");
    expect(work.started).toEqual([]);

    queue.resume();

    expect(work.started).toEqual(["a", "b"]);
  });

  test("puts blocked work back to the front", async () => {
    addAll("a", "b", "c");
    queue.pause();

    await work.end("a", { end: "blocked" });
    expect(work.started).toEqual(["a", "b"]);
    queue.resume();

    expect(work.started).toEqual(["a", "b", "a"]);
  });

  test("the end of cancelled work does not touch its successor", async () => {
    addAll("a", "b");
    queue.cancel(new Set(["a"]));
    queue.add("a");
    await vi.advanceTimersByTimeAsync(0);

    expect(work.started).toEqual(["a", "b", "a"]);
    expect(queue.has("a")).toBe(true);
  });
});
