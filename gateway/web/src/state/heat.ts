import { signal } from "@preact/signals";
import { classify, type Answer, type NamedClass } from "../api/classify";
import type { ModelInput } from "../api/models";
import { uploadByXhr } from "../api/upload";
import { measureHeatMap, type HeatEnvironment } from "../pictures/heat_map";
import type { Picture } from "../pictures/picture";
import { wait } from "../queue/wait";
import { coverer } from "../thumbnails/cover";

export interface Heat {
  picture: Picture;
  // What the map is about.
  answer: Answer;
  named: NamedClass;
  asked: number;
  // With nothing covered.
  uncovered: number;
  // null until they are known.
  losses: readonly number[] | null;
  failed: boolean;
}

// Of the picture whose map is wanted.
const heat = signal<Heat | null>(null);

let controller = new AbortController();

// Of the picture, as long as it has the answer that its map is about.
export function heatOf(picture: Picture): Heat | null {
  const now = heat.value;
  return now?.picture === picture && now.answer === picture.answer.value
    ? now
    : null;
}

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
  let now: Heat = {
    picture,
    answer,
    named,
    asked: 0,
    uncovered: 0,
    losses: null,
    failed: false,
  };
  const show = (more: Partial<Heat>) => {
    if (own.signal.aborted) return;
    now = { ...now, ...more };
    heat.value = now;
  };
  show({});
  try {
    // Throws where the browser cannot draw the picture.
    const copy = await coverer(picture.file, input);
    const environment = environmentFor(copy, answer, () =>
      show({ asked: now.asked + 1 }),
    );
    show(await measureHeatMap(environment, named, input.side, own.signal));
  } catch {
    show({ failed: true });
  }
}

function environmentFor(
  copy: Awaited<ReturnType<typeof coverer>>,
  { model, language }: Answer,
  onAnswer: () => void,
): HeatEnvironment {
  return {
    cover: async (part) => {
      const file = await copy(part);
      if (!file) throw new Error("no copy");
      return file;
    },
    ask: (picture, abort) =>
      classify(
        uploadByXhr,
        { picture, model, language, priority: "bulk" },
        abort,
        () => undefined,
      ),
    wait,
    onAnswer,
  };
}
