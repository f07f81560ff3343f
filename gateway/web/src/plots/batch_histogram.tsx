import type { JSX } from "preact";
import { formatCount, t } from "../i18n/language";

interface Properties {
  batches: readonly { size: number; count: number }[];
  // The same in words.
  text: string;
}

export function BatchHistogram({ batches, text }: Properties): JSX.Element {
  const most = Math.max(1, ...batches.map(({ count }) => count));
  return (
    <figure class="plot">
      <figcaption>
        <span class="plot-title">{t("live.batches")}</span>
        {batches.length > 0 && (
          <span class="quiet plot-axis">{t("live.batchesCount")}</span>
        )}
      </figcaption>
      {batches.length === 0 ? (
        <p class="quiet plot-empty">{t("live.noBatches")}</p>
      ) : (
        <>
        <div class="histogram" role="img" aria-label={text}>
          {batches.map(({ size, count }) => (
            <div key={size} class="histogram-column">
              <span class="histogram-count quiet">{formatCount(count)}</span>
              <span
                class="histogram-bar"
                style={{ height: `${(count / most) * 48}px` }}
              />
              <span class="histogram-size">{size}</span>
            </div>
          ))}
        </div>
        <p class="quiet plot-axis" aria-hidden="true">{t("live.batchesAxis")}</p>
        </>
      )}
    </figure>
  );
}
