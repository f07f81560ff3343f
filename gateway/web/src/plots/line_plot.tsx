import type { JSX } from "preact";
import { t } from "../i18n/language";
import { summary, WINDOW_MS, type Point } from "../server/status_window";
import { areaPath, linePath } from "./line_path";
import { niceCeiling } from "./scale";

export interface PlottedLine {
  title: string;
  tone: "first" | "second";
  points: readonly Point[];
}

interface Properties {
  title: string;
  note?: string;
  lines: readonly PlottedLine[];
  format: (value: number) => string;
  fill?: boolean;
}

const WIDTH = 300;
const HEIGHT = 64;

// Lines over the last minute, with the newest values in figures.
export function LinePlot(props: Properties): JSX.Element {
  const summaries = props.lines.map(({ points }) => summary(points));
  const highest = Math.max(0, ...summaries.map(({ highest }) => highest ?? 0));
  const top = niceCeiling(highest);
  const frame = { width: WIDTH, height: HEIGHT, span: WINDOW_MS, top };
  return (
    <figure class="plot">
      <figcaption>
        <span class="plot-title">{props.title}</span>
        <span class="plot-figures">
          {props.lines.map((line, i) => (
            <Newest
              key={line.tone}
              line={line}
              named={props.lines.length > 1}
              value={summaries[i]?.latest ?? null}
              format={props.format}
            />
          ))}
          {props.note && <span class="quiet">{props.note}</span>}
        </span>
      </figcaption>
      <div class="plot-frame">
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={plotText(props)}
        >
          {[0, 0.5, 1].map((share) => (
            <path key={share} class="plot-grid" d={`M0 ${HEIGHT * share}H${WIDTH}`} />
          ))}
          {props.lines.map((line) => (
            <g key={line.tone} data-tone={line.tone}>
              {props.fill && (
                <path class="plot-area" d={areaPath(line.points, frame)} />
              )}
              <path class="plot-line" d={linePath(line.points, frame)} />
            </g>
          ))}
        </svg>
        <span class="plot-top quiet" aria-hidden="true">
          {props.format(top)}
        </span>
      </div>
      <div class="plot-ticks quiet" aria-hidden="true">
        <span>{t("live.secondsAgo", { seconds: WINDOW_MS / 1000 })}</span>
        <span>{t("live.nowTick")}</span>
      </div>
    </figure>
  );
}

interface NewestProperties {
  line: PlottedLine;
  named: boolean;
  value: number | null;
  format: (value: number) => string;
}

function Newest(props: NewestProperties): JSX.Element {
  return (
    <span class="plot-newest" data-tone={props.line.tone}>
      {props.named && <span class="plot-key">{props.line.title}</span>}
      {props.value === null ? t("live.none") : props.format(props.value)}
    </span>
  );
}

function plotText({ title, lines, format }: Properties): string {
  const shown = (value: number | null) =>
    value === null ? t("live.none") : format(value);
  return lines
    .map((line) => {
      const { latest, highest } = summary(line.points);
      return t("live.plotText", {
        title: lines.length > 1 ? `${title} ${line.title}` : title,
        latest: shown(latest),
        highest: shown(highest),
      });
    })
    .join(" ");
}
