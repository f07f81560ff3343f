import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { formatCount, formatMs, formatUptime, t, tCount } from "../i18n/language";
import { BatchHistogram } from "../plots/batch_histogram";
import { LaneMeters } from "../plots/lane_meters";
import { LinePlot } from "../plots/line_plot";
import {
  batchesSentence,
  depthLine,
  formatRate,
  latencyLines,
  rateLine,
  recentBatches,
} from "../state/live_figures";
import { statusNow, watch } from "../state/server";
import { LiveTable } from "./live_table";

const asText = signal(false);

export function LivePanel(): JSX.Element {
  return (
    <aside id="live" class="live" aria-labelledby="live-title">
      <header class="live-head">
        <div>
          <h2 id="live-title">{t("live.title")}</h2>
          <p class="quiet">
            {watch.link.value === "live" ? t("live.lead") : t("live.stale")}
          </p>
        </div>
        <div class="show" role="group" aria-label={t("live.view")}>
          {[false, true].map((text) => (
            <button
              key={String(text)}
              type="button"
              aria-pressed={asText.value === text}
              onClick={() => (asText.value = text)}
            >
              {t(text ? "live.asText" : "live.asPlots")}
            </button>
          ))}
        </div>
      </header>
      {asText.value ? <LiveTable /> : <Plots />}
      <Totals />
    </aside>
  );
}

function Plots(): JSX.Element {
  const status = statusNow.value;
  return (
    <>
      <LinePlot
        title={t("live.rate")}
        lines={[rateLine.value]}
        format={formatRate}
        fill
      />
      <LinePlot
        title={t("live.latency")}
        lines={latencyLines.value}
        format={formatMs}
      />
      <LinePlot
        title={t("live.depth")}
        note={
          status
            ? t("live.capacity", { capacity: formatCount(status.queueCapacity) })
            : ""
        }
        lines={[depthLine.value]}
        format={formatCount}
        fill
      />
      <BatchHistogram
        batches={recentBatches.value}
        text={batchesSentence()}
      />
      <LaneMeters utilisation={status?.laneUtilisation ?? []} />
    </>
  );
}

function Totals(): JSX.Element | null {
  const status = statusNow.value;
  if (!status) return null;
  return (
    <p class="live-totals quiet">
      <span>
        {tCount("live.total", status.picturesTotal)}
      </span>
      <span>{t("live.uptime", { time: formatUptime(status.uptimeMs) })}</span>
    </p>
  );
}
