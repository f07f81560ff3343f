import type { ClassifyResult, NamedClass } from "../api/classify";
import { passesByWaiting } from "../api/failure";
import { MAX_ATTEMPTS, retryDelayMs } from "../queue/backoff";
import { lossesOf, windowsOf, type Rectangle } from "./occlusion";

export interface HeatEnvironment {
  // The picture with a part of what the model sees covered; null: no part.
  cover(part: Rectangle | null): Promise<Blob>;
  ask(picture: Blob, abort: AbortSignal): Promise<ClassifyResult>;
  wait(ms: number, abort: AbortSignal): Promise<void>;
  // Told of each answer.
  onAnswer(): void;
}

export interface HeatMap {
  // The probability with nothing covered.
  uncovered: number;
  losses: readonly number[];
}

const IN_FLIGHT = 4;

// What the first name of a picture hangs on, for a model that sees a square
// with the side given. Throws where that cannot be told, or when aborted; by
// then nothing is asked any more.
export async function measureHeatMap(
  environment: HeatEnvironment,
  named: NamedClass,
  side: number,
  abort: AbortSignal,
): Promise<HeatMap> {
  const own = new AbortController();
  const stop = () => own.abort();
  abort.addEventListener("abort", stop);
  try {
    abort.throwIfAborted();
    return await measure(environment, named, side, own.signal);
  } finally {
    // Nobody wants the rest.
    own.abort();
    abort.removeEventListener("abort", stop);
  }
}

async function measure(
  environment: HeatEnvironment,
  named: NamedClass,
  side: number,
  abort: AbortSignal,
): Promise<HeatMap> {
  const ask = async (part: Rectangle | null) => {
    const copy = await environment.cover(part);
    const share = await shareOf(environment, named, copy, abort);
    environment.onAnswer();
    return share;
  };
  const uncovered = await ask(null);
  if (uncovered <= 0) throw new Error("another answer");
  const windows = windowsOf(side);
  const covered: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < windows.length && !abort.aborted) {
      const place = next;
      next += 1;
      covered[place] = await ask(windows[place]!);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return { uncovered, losses: lossesOf(uncovered, covered) };
}

// What is not among those told is as good as nothing.
async function shareOf(
  environment: HeatEnvironment,
  named: NamedClass,
  picture: Blob,
  abort: AbortSignal,
): Promise<number> {
  for (let attempts = 1; ; attempts += 1) {
    abort.throwIfAborted();
    const { answer, failure } = await environment.ask(picture, abort);
    abort.throwIfAborted();
    if (answer) {
      const same = answer.classes.find(({ index }) => index === named.index);
      return same?.probability ?? 0;
    }
    if (!passesByWaiting(failure.kind) || attempts >= MAX_ATTEMPTS) {
      throw new Error(failure.kind);
    }
    await environment.wait(retryDelayMs(attempts, failure.retryAfterMs), abort);
  }
}
