// How the work on one key ended.
export type Outcome =
  | { end: "done" }
  // Back to the end of the queue when the delay has passed.
  | { end: "later"; delayMs: number }
  // Back to the front at once; the owner has paused the queue or is about to.
  | { end: "blocked" };

export type Run<K> = (key: K, signal: AbortSignal) => Promise<Outcome>;

// Runs work on keys, at most `limit` at a time, first come first served. A key
// is in the queue at most once. `run` must not reject, except when its signal
// is aborted.
export class WorkQueue<K> {
  private waiting: K[] = [];
  private readonly running = new Map<K, AbortController>();
  private readonly delayed = new Map<K, ReturnType<typeof setTimeout>>();
  private paused = false;

  constructor(
    private readonly limit: number,
    private readonly run: Run<K>,
  ) {}

  add(key: K): void {
    if (this.has(key)) return;
    this.waiting.push(key);
    this.startMore();
  }

  has(key: K): boolean {
    return (
      this.running.has(key) ||
      this.delayed.has(key) ||
      this.waiting.includes(key)
    );
  }

  // Forgets the keys, and aborts their work where that has begun.
  cancel(keys: ReadonlySet<K>): void {
    // What waits goes first, so that aborting one does not start the next.
    this.waiting = this.waiting.filter((key) => !keys.has(key));
    for (const key of keys) {
      clearTimeout(this.delayed.get(key));
      this.delayed.delete(key);
      const running = this.running.get(key);
      this.running.delete(key);
      running?.abort();
    }
    this.startMore();
  }

  cancelAll(): K[] {
    const keys = [
      ...this.running.keys(),
      ...this.delayed.keys(),
      ...this.waiting,
    ];
    // Emptied first, so that aborting one does not start the next.
    this.waiting = [];
    for (const timer of this.delayed.values()) clearTimeout(timer);
    this.delayed.clear();
    const running = [...this.running.values()];
    this.running.clear();
    for (const controller of running) controller.abort();
    return keys;
  }

  // Work that runs goes on; nothing new begins.
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.startMore();
  }

  // Ends the delay of every key that waits to be tried again.
  hurry(): void {
    for (const [key, timer] of this.delayed) {
      clearTimeout(timer);
      this.waiting.push(key);
    }
    this.delayed.clear();
    this.startMore();
  }

  private startMore(): void {
    while (!this.paused && this.running.size < this.limit) {
      const key = this.waiting.shift();
      if (key === undefined) return;
      void this.start(key);
    }
  }

  private async start(key: K): Promise<void> {
    const controller = new AbortController();
    this.running.set(key, controller);
    let outcome: Outcome;
    try {
      outcome = await this.run(key, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      return;
    }
    // A cancelled key may already be running again under another controller.
    if (this.running.get(key) !== controller) return;
    this.running.delete(key);
    this.settle(key, outcome);
    this.startMore();
  }

  private settle(key: K, outcome: Outcome): void {
    if (outcome.end === "blocked") this.waiting.unshift(key);
    if (outcome.end !== "later") return;
    this.delayed.set(
      key,
      setTimeout(() => {
        this.delayed.delete(key);
        this.waiting.push(key);
        this.startMore();
      }, outcome.delayMs),
    );
  }
}
