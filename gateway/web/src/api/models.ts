import { durationMs } from "./duration";
import type { WireModel, WireModels } from "./wire";

export type ModelState = "ready" | "loading" | "failed" | "unknown";

export interface Accuracy {
  dataset: string;
  images: number;
  // null where nobody had said what is on the pictures.
  top1: number | null;
  top5: number | null;
  sameAsFp32: number;
}

// What a model does with a picture: its shorter side becomes `resizeTo`, then
// the middle of `side` × `side` is taken.
export interface ModelInput {
  side: number;
  resizeTo: number;
}

export interface Model {
  name: string;
  version: string;
  state: ModelState;
  stateMessage: string;
  precision: string;
  precisionReason: string;
  trained: boolean;
  weightsLicence: string;
  labelsCount: number;
  // Several classes may be right at once: probabilities sum to anything.
  severalAtOnce: boolean;
  accuracy: Accuracy | null;
  // What a batch takes, as measured here, by size.
  batchTimes: { size: number; ms: number }[];
  // null where it is not told, or not square.
  input: ModelInput | null;
}

export interface ModelList {
  models: Model[];
  defaultModel: string;
}

const STATES: Record<string, ModelState> = {
  STATE_LOADING: "loading",
  STATE_READY: "ready",
  STATE_FAILED: "failed",
};

export function parseModels(wire: WireModels): ModelList {
  return {
    models: (wire.models ?? []).map(parseModel),
    defaultModel: wire.defaultModel ?? "",
  };
}

// The versions that a request without a version would reach: the newest ready
// one of each name, or the newest at all where none is ready.
export function newestOfEachName(models: readonly Model[]): Model[] {
  const chosen = new Map<string, Model>();
  for (const model of models) {
    const earlier = chosen.get(model.name);
    if (!earlier || (earlier.state !== "ready" && model.state === "ready")) {
      chosen.set(model.name, model);
    }
  }
  return [...chosen.values()];
}

function parseModel(wire: WireModel): Model {
  const accuracy = wire.accuracy;
  const batchTimes = (wire.batchTimes ?? []).map(({ batchSize, duration }) => ({
    size: batchSize ?? 0,
    ms: durationMs(duration) ?? 0,
  }));
  return {
    name: wire.name ?? "",
    version: wire.version ?? "",
    state: STATES[wire.state ?? ""] ?? "unknown",
    stateMessage: wire.stateMessage ?? "",
    precision: wire.precision ?? "",
    precisionReason: wire.precisionReason ?? "",
    trained: wire.trained ?? false,
    weightsLicence: wire.weightsLicence ?? "",
    labelsCount: wire.labelsCount ?? 0,
    severalAtOnce: wire.scores === "SCORES_SIGMOID",
    input: inputOf(wire.input),
    batchTimes: batchTimes.sort((a, b) => a.size - b.size),
    accuracy: accuracy
      ? {
          dataset: accuracy.dataset ?? "",
          images: accuracy.images ?? 0,
          top1: accuracy.top1 ?? null,
          top5: accuracy.top5 ?? null,
          sameAsFp32: accuracy.agreementWithFp32 ?? 0,
        }
      : null,
  };
}

function inputOf(wire: WireModel["input"]): ModelInput | null {
  const side = wire?.width;
  if (!side || wire.height !== side || !wire.resizeShorterSide) return null;
  return { side, resizeTo: wire.resizeShorterSide };
}
