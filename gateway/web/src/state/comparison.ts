import { computed, effect, signal } from "@preact/signals";
import { classify } from "../api/classify";
import { uploadByXhr } from "../api/upload";
import { language } from "../i18n/language";
import { agreementOf, Comparison } from "../pictures/comparison";
import { labelTable } from "./labels";
import { store } from "./pictures";
import { currentModel, isDown, models } from "./server";

const choice = signal("");

// What the answers can be compared with.
export const otherModels = computed(() =>
  models.value.filter(
    ({ name, state }) => state === "ready" && name !== currentModel.value?.name,
  ),
);

export const comparedModel = computed(
  () => otherModels.value.find(({ name }) => name === choice.value) ?? null,
);

export const agreement = computed(() => {
  store.changes.value;
  return agreementOf(store.pictures.value);
});

const comparison = new Comparison({
  ask: async (picture, model, abort) => {
    const sent = await store.fileSent(picture);
    return classify(
      uploadByXhr,
      {
        picture: sent,
        model,
        language: language.peek(),
        priority: "bulk",
      },
      abort,
      () => undefined,
    );
  },
  changed: () => store.refresh(),
});

export function compareWith(name: string): void {
  choice.value = name;
}

export function initComparison(): void {
  effect(() => {
    store.changes.value;
    comparison.follow(comparedModel.value?.name ?? "", store.pictures.value);
  });
  // What the person waits for goes first.
  effect(() => {
    if (isDown.value || store.tally.value.open > 0) comparison.pause();
    else comparison.resume();
  });
  effect(nameAnew);
}

function nameAnew(): void {
  const table = labelTable.value;
  const now = language.value;
  for (const { other } of store.pictures.peek()) {
    const answer = other.peek()?.answer;
    const named = answer && table?.translate(answer, now);
    if (named && named !== answer) other.value = { answer: named };
  }
}
