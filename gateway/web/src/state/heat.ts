import { signal } from "@preact/signals";
import { classify, type Answer, type NamedClass } from "../api/classify";
import type { ModelInput } from "../api/models";
import { uploadByXhr } from "../api/upload";
import { lossesOf, windowsOf } from "../pictures/occlusion";
import type { Picture } from "../pictures/picture";
import { coverer } from "../thumbnails/cover";

export interface Heat {
  picture: Picture;
  named: NamedClass;
  asked: number;
  // With nothing covered.
  uncovered: number;
  // null until they are known.
  losses: readonly number[] | null;
  failed: boolean;
}

// Of the picture whose map is wanted.
export const heat = signal<Heat | null>(null);

const IN_FLIGHT = 4;

let controller = new AbortController();

export function forgetHeat(): void {
  controller.abort();
  heat.value = null;
}

export async function measureHeat(
  picture: Picture,
  input: ModelInput,
): Promise<void> {
  forgetHeat();
  const answer = picture.answer.peek();
  const named = answer?.classes[0];
  if (!answer || !named) return;
  const own = new AbortController();
  controller = own;
  const { signal: abort } = own;
  const now: Heat = {
    picture,
    named,
    asked: 0,
    uncovered: 0,
    losses: null,
    failed: false,
  };
  heat.value = now;
  try {
    await measure(now, answer, input, abort);
  } catch {
    if (abort.aborted) return;
    heat.value = { ...now, failed: true };
    // Nobody wants the rest.
    own.abort();
  }
}

// Throws where the browser cannot draw the picture or the server does not
// answer.
async function measure(
  now: Heat,
  answer: Answer,
  input: ModelInput,
  abort: AbortSignal,
): Promise<void> {
  const copy = await coverer(now.picture.file, input);
  const ask = async (part: Parameters<typeof copy>[0]) => {
    const file = await copy(part);
    if (!file) throw new Error("no copy");
    const share = await shareOf(now.named, file, answer, abort);
    if (heat.peek()) heat.value = { ...heat.peek()!, asked: (now.asked += 1) };
    return share;
  };
  const uncovered = await ask(null);
  if (uncovered <= 0) throw new Error("another answer");
  const windows = windowsOf(input.side);
  const covered: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < windows.length) {
      const place = next;
      next += 1;
      covered[place] = await ask(windows[place]!);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  if (abort.aborted) return;
  heat.value = { ...now, uncovered, losses: lossesOf(uncovered, covered) };
}

// What is not among the ten is as good as nothing.
async function shareOf(
  named: NamedClass,
  picture: Blob,
  { model, language }: Answer,
  abort: AbortSignal,
): Promise<number> {
  const { answer } = await classify(
    uploadByXhr,
    { picture, model, language, priority: "bulk" },
    abort,
    () => undefined,
  );
  if (!answer) throw new Error("no answer");
  const same = answer.classes.find(({ index }) => index === named.index);
  return same?.probability ?? 0;
}
