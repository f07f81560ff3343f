import { computed } from "@preact/signals";
import type { ServerStatus } from "../api/status";
import { formatCount, formatNumber, language, t } from "../i18n/language";
import type { PlottedLine } from "../plots/line_plot";
import { batchSizes, series } from "../server/status_window";
import { isDown, watch } from "./server";

export const formatRate = (value: number) =>
  formatNumber(value, value < 10 ? 1 : 0);

const points = (figure: (status: ServerStatus) => number | null) =>
  series(watch.samples.value, watch.now.value, figure);

export const rateLine = computed<PlottedLine>(() => ({
  title: t("live.rate"),
  tone: "first",
  points: points((status) => status.picturesPerSecond),
}));

export const latencyLines = computed<PlottedLine[]>(() => [
  {
    title: t("live.p50"),
    tone: "first",
    points: points((status) => status.p50Ms),
  },
  {
    title: t("live.p95"),
    tone: "second",
    points: points((status) => status.p95Ms),
  },
]);

export const depthLine = computed<PlottedLine>(() => ({
  title: t("live.depth"),
  tone: "first",
  points: points((status) => status.queueDepth),
}));

export const recentBatches = computed(() =>
  isDown.value ? [] : batchSizes(watch.samples.value),
);

export function batchesSentence(): string {
  if (recentBatches.value.length === 0) return t("live.noBatches");
  const list = recentBatches.value
    .map(({ size, count }) =>
      t("live.batchesItem", { count: formatCount(count), size }),
    )
    .join(language.value === "zh" ? "、" : ", ");
  return t("live.batchesText", { list });
}
