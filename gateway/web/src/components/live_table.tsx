import type { JSX } from "preact";
import { formatCount, formatMs, formatPercent, t } from "../i18n/language";
import type { PlottedLine } from "../plots/line_plot";
import { summary } from "../server/status_window";
import {
  batchesSentence,
  depthLine,
  formatRate,
  latencyLines,
  rateLine,
} from "../state/live_figures";
import { statusNow } from "../state/server";

// The live figures for those who do not see plots, or would rather read.
export function LiveTable(): JSX.Element {
  const rows: [PlottedLine, (value: number) => string][] = [
    [rateLine.value, formatRate],
    ...latencyLines.value.map(
      (line): [PlottedLine, (value: number) => string] => [line, formatMs],
    ),
    [depthLine.value, formatCount],
  ];
  return (
    <>
      <table class="live-table">
        <caption class="unseen">{t("live.lead")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("live.figure")}</th>
            <th scope="col">{t("live.now")}</th>
            <th scope="col">{t("live.highest")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([line, format]) => (
            <FigureRow key={line.title} line={line} format={format} />
          ))}
          {(statusNow.value?.laneUtilisation ?? []).map((share, index) => (
            <tr key={index}>
              <th scope="row">{t("live.lane", { index })}</th>
              <td>{formatPercent(share, 0)}</td>
              <td />
            </tr>
          ))}
        </tbody>
      </table>
      <p class="live-sentence">{batchesSentence()}</p>
    </>
  );
}

interface RowProperties {
  line: PlottedLine;
  format: (value: number) => string;
}

function FigureRow({ line, format }: RowProperties): JSX.Element {
  const { latest, highest } = summary(line.points);
  const shown = (value: number | null) =>
    value === null ? t("live.none") : format(value);
  return (
    <tr>
      <th scope="row">{line.title}</th>
      <td>{shown(latest)}</td>
      <td>{shown(highest)}</td>
    </tr>
  );
}
