import type { JSX } from "preact";
import { formatPercent, t } from "../i18n/language";

export function LaneMeters({
  utilisation,
}: {
  utilisation: readonly number[];
}): JSX.Element {
  return (
    <figure class="plot">
      <figcaption>
        <span class="plot-title">{t("live.lanes")}</span>
      </figcaption>
      {utilisation.length === 0 && (
        <p class="quiet plot-empty">{t("live.noLanes")}</p>
      )}
      <ul class="lanes">
        {utilisation.map((share, index) => (
          <li key={index}>
            <span>{t("live.lane", { index })}</span>
            <span class="bar" aria-hidden="true">
              <span style={{ width: `${Math.min(1, share) * 100}%` }} />
            </span>
            <span class="lane-share">{formatPercent(share, 0)}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
