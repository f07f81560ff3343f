import { computed, signal } from "@preact/signals";
import {
  newestOfEachName,
  parseModels,
  type Model,
  type ModelList,
} from "../api/models";
import type { WireModels } from "../api/wire";
import { remember, remembered } from "../remembered";
import { browserEnvironment, ServerWatch } from "../server/server_watch";

export const watch = new ServerWatch(browserEnvironment);

export const latestStatus = computed(
  () => watch.samples.value.at(-1)?.status ?? null,
);

// Sending pictures now would only fail.
export const isDown = computed(
  () => watch.link.value !== "live" && watch.link.value !== "connecting",
);

// None while the server is away: what it said before is no longer so.
export const statusNow = computed(() =>
  isDown.value ? null : latestStatus.value,
);

const list = signal<ModelList | null>(null);
// "": whichever is the server's default.
const choice = signal(remembered("model") ?? "");

export const modelsFailed = signal(false);
export const models = computed<Model[]>(() =>
  newestOfEachName(list.value?.models ?? []),
);
export const defaultModel = computed(() => list.value?.defaultModel ?? "");

// The model asked for: the choice, as long as the server has it.
export const chosenModel = computed(() =>
  list.value && !models.value.some(({ name }) => name === choice.value)
    ? ""
    : choice.value,
);

export const currentModel = computed<Model | null>(() => {
  const name = chosenModel.value || defaultModel.value;
  return models.value.find((model) => model.name === name) ?? null;
});

export function chooseModel(name: string): void {
  choice.value = name === defaultModel.value ? "" : name;
  remember("model", choice.value || null);
}

export async function loadModels(): Promise<void> {
  try {
    const response = await fetch("/v1/models", { cache: "no-store" });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    list.value = parseModels((await response.json()) as WireModels);
    modelsFailed.value = false;
  } catch {
    modelsFailed.value = true;
  }
}

// Models load, fail and are replaced while a page is open, so the list is
// fetched again whenever the server comes back and the page becomes visible.
export function initServer(): void {
  watch.link.subscribe((link) => {
    if (link === "live" || link === "waiting") void loadModels();
  });
  const follow = () => {
    if (document.hidden && !isDown.value) watch.stop();
    else watch.start();
  };
  document.addEventListener("visibilitychange", follow);
  // Also calls it at once. A page that nobody sees still waits for a server
  // that is away, because its pictures do.
  isDown.subscribe(follow);
}
