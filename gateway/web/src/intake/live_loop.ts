import type { Answer, ClassifyResult } from "../api/classify";

export interface LiveEnvironment {
  // Resolves once somebody looks and the server is there.
  untilWanted(abort: AbortSignal): Promise<void>;
  // What the camera sees now; null where it shows nothing yet.
  grab(): Promise<Blob | null>;
  ask(frame: Blob, abort: AbortSignal): Promise<ClassifyResult>;
  show(answer: Answer, tookMs: number): void;
  now(): number;
  wait(ms: number, abort: AbortSignal): Promise<void>;
}

// At most ten frames a second.
export const SHORTEST_TURN_MS = 100;
const AFTER_FAILURE_MS = 1000;

// Asks about one frame after the other until aborted. At least half of the time
// nothing is asked, so that the server has room for others.
export async function classifyContinuously(
  environment: LiveEnvironment,
  abort: AbortSignal,
): Promise<void> {
  while (!abort.aborted) {
    await environment.untilWanted(abort);
    if (abort.aborted) return;
    const pause = await takeTurn(environment, abort);
    if (!abort.aborted) await environment.wait(pause, abort);
  }
}

// The time to wait after it.
async function takeTurn(
  environment: LiveEnvironment,
  abort: AbortSignal,
): Promise<number> {
  const begin = environment.now();
  const frame = await environment.grab();
  if (!frame) return SHORTEST_TURN_MS;
  const result = await environment.ask(frame, abort).catch(() => null);
  if (abort.aborted || !result) return 0;
  const took = environment.now() - begin;
  if (result.failure) return result.failure.retryAfterMs ?? AFTER_FAILURE_MS;
  environment.show(result.answer, took);
  return Math.max(SHORTEST_TURN_MS - took, took);
}
