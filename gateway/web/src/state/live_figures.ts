import { computed } from "@preact/signals";
import type { ServerStatus } from "../api/status";
import { formatCount, formatNumber, listed, t } from "../i18n/language";
import type { PlottedLine } from "../plots/line_plot";
import { batchSizes, series, type Point } from "../server/status_window";
import { isDown, watch } from "./server";

export const formatRate = (value: number) =>
  formatNumber(value, value < 10 ? 1 : 0);

// Ends in a gap where the server is away: what it said last is no longer so.
function points(figure: (status: ServerStatus) => number | null): Point[] {
  const known = series(watch.samples.value, watch.now.value, figure);
  return isDown.value ? [...known, { age: 0, value: null }] : known;
}

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
    );
  return t("live.batchesText", { list: listed(list) });
}
