import type { JSX } from "preact";
import type { Timings } from "../api/classify";
import { formatMs, t } from "../i18n/language";
import { stagesOf } from "../pictures/stages";

// Squares drawn for a batch; larger batches are told in words only.
const SQUARES = 16;

// Where a picture's time went, to scale.
export function Timeline({ timings }: { timings: Timings }): JSX.Element {
  const stages = stagesOf(timings);
  return (
    <section class="timeline" aria-label={t("timeline.title")}>
      <h3 class="overline">{t("timeline.title")}</h3>
      <div class="timeline-bar" aria-hidden="true">
        {stages.map(({ name, share }) => (
          <span key={name} data-stage={name} style={{ flexGrow: share * 100 }} />
        ))}
      </div>
      <dl class="timeline-stages">
        {stages.map(({ name, ms }) => (
          <div key={name} data-stage={name}>
            <dt>{t(`timeline.${name}`)}</dt>
            <dd>{formatMs(ms)}</dd>
          </div>
        ))}
        <div data-stage="total">
          <dt>{t("timeline.total")}</dt>
          <dd>{formatMs(timings.totalMs)}</dd>
        </div>
      </dl>
      <Batch size={timings.batchSize} />
    </section>
  );
}

// An answer that the server kept was in none.
function batchWords(size: number): string {
  if (size === 0) return t("timeline.kept");
  return size > 1 ? t("timeline.batch", { count: size }) : t("timeline.alone");
}

function Batch({ size }: { size: number }): JSX.Element {
  return (
    <p class="batch quiet">
      <span class="batch-squares" aria-hidden="true">
        {Array.from({ length: Math.min(size, SQUARES) }, (_, i) => (
          <span key={i} />
        ))}
      </span>
      {batchWords(size)}
    </p>
  );
}
