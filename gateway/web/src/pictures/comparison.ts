import type { Answer, ClassifyResult, NamedClass } from "../api/classify";
import { passesByWaiting } from "../api/failure";
import { MAX_ATTEMPTS, retryDelayMs } from "../queue/backoff";
import { WorkQueue, type Outcome } from "../queue/work_queue";
import type { Picture } from "./picture";

export interface ComparisonEnvironment {
  // What the other model says of the same bytes.
  ask(
    picture: Picture,
    model: string,
    abort: AbortSignal,
  ): Promise<ClassifyResult>;
  // Called whenever a picture's other answer has changed.
  changed(): void;
}

const IN_FLIGHT = 3;

// Asks a second model about the pictures that the first has answered.
export class Comparison {
  private model = "";
  private present: ReadonlySet<Picture> = new Set();
  private asked = new WeakSet<Picture>();
  private attempts = new WeakMap<Picture, number>();
  private readonly queue = new WorkQueue<Picture>(IN_FLIGHT, (picture, abort) =>
    this.ask(picture, abort),
  );

  constructor(private readonly environment: ComparisonEnvironment) {}

  // Call it whenever there may be something new to ask. "": no other model.
  follow(model: string, pictures: readonly Picture[]): void {
    this.present = new Set(pictures);
    if (model !== this.model) this.change(model, pictures);
    if (model === "") return;
    for (const picture of pictures) {
      const isAnswered = picture.state.peek().name === "answered";
      if (!isAnswered || this.asked.has(picture)) continue;
      this.asked.add(picture);
      this.queue.add(picture);
    }
  }

  pause(): void {
    this.queue.pause();
  }

  resume(): void {
    this.queue.resume();
  }

  private change(model: string, pictures: readonly Picture[]): void {
    this.model = model;
    this.queue.cancelAll();
    this.asked = new WeakSet();
    this.attempts = new WeakMap();
    for (const { other } of pictures) other.value = null;
    this.environment.changed();
  }

  private async ask(picture: Picture, abort: AbortSignal): Promise<Outcome> {
    if (!this.present.has(picture)) {
      this.asked.delete(picture);
      return { end: "done" };
    }
    const { model } = this;
    const result = await this.environment.ask(picture, model, abort);
    if (abort.aborted) return { end: "done" };
    const { failure } = result;
    if (failure && passesByWaiting(failure.kind)) {
      const attempts = (this.attempts.get(picture) ?? 0) + 1;
      this.attempts.set(picture, attempts);
      if (attempts < MAX_ATTEMPTS) {
        const delayMs = retryDelayMs(attempts, failure.retryAfterMs);
        return { end: "later", delayMs };
      }
    }
    picture.other.value = result;
    this.environment.changed();
    return { end: "done" };
  }
}

export interface Agreement {
  // Pictures that both have answered.
  both: number;
  // Of those, with the same class first.
  same: number;
}

export function agreementOf(pictures: readonly Picture[]): Agreement {
  const agreement = { both: 0, same: 0 };
  for (const picture of pictures) {
    const same = sameFirst(picture);
    if (same === null) continue;
    agreement.both += 1;
    if (same) agreement.same += 1;
  }
  return agreement;
}

// Whether both models have the same class first; null where one has none.
export function sameFirst({ answer, other }: Picture): boolean | null {
  const one = firstOf(answer.peek());
  const another = firstOf(other.peek()?.answer);
  return one && another ? isSameClass(one, another) : null;
}

const firstOf = (answer: Answer | null | undefined) => answer?.classes[0];

// Models may number their classes differently.
function isSameClass(a: NamedClass, b: NamedClass): boolean {
  return a.wordnetId && b.wordnetId
    ? a.wordnetId === b.wordnetId
    : a.label === b.label;
}
