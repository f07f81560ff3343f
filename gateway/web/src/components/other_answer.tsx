import type { JSX } from "preact";
import type { Answer } from "../api/classify";
import { formatCount, formatMs, formatShare, t } from "../i18n/language";
import { isUnsure } from "../pictures/certainty";
import { sameFirst } from "../pictures/comparison";
import type { Picture } from "../pictures/picture";
import { agreement, comparedModel } from "../state/comparison";
import { currentModel } from "../state/server";
import { Candidates } from "./candidates";

// On a card: what the other model says first.
export function OtherName({ picture }: { picture: Picture }): JSX.Element | null {
  const model = comparedModel.value;
  if (!model) return null;
  const said = picture.other.value;
  const first = said?.answer?.classes[0];
  const same = sameFirst(picture);
  return (
    <p class="other" data-same={same}>
      <span class="other-model">{model.name}</span>
      {first ? (
        <>
          <span class="other-name">
            {first.label}
            {same === false && (
              <span class="unseen"> ({t("compare.different")})</span>
            )}
          </span>
          <span class="candidate-share">{formatShare(first.probability)}</span>
        </>
      ) : (
        <span class="other-name">{said ? t("compare.failed") : "…"}</span>
      )}
    </p>
  );
}

// In the details: both models' names beside each other.
export function BothAnswers(props: {
  picture: Picture;
  answer: Answer;
}): JSX.Element {
  const { picture, answer } = props;
  const said = picture.other.value;
  return (
    <div class="both" data-same={sameFirst(picture)}>
      <OneOfBoth answer={answer} />
      {said?.answer ? (
        <OneOfBoth answer={said.answer} />
      ) : (
        <p class="quiet">{said ? t("compare.failed") : "…"}</p>
      )}
    </div>
  );
}

function OneOfBoth({ answer }: { answer: Answer }): JSX.Element {
  return (
    <section class="one-of-both" aria-label={answer.model}>
      <h3 class="overline">
        {[answer.model, answer.precision].filter(Boolean).join(" · ")}
      </h3>
      <Candidates
        classes={answer.classes.slice(0, 3)}
        label={t("candidates.title")}
        unsure={isUnsure(answer)}
      />
      <p class="quiet">{formatMs(answer.timings.totalMs)}</p>
    </section>
  );
}

// How often both say the same.
export function AgreementNote(): JSX.Element | null {
  const one = currentModel.value;
  const other = comparedModel.value;
  const { both, same } = agreement.value;
  if (!one || !other || both === 0) return null;
  return (
    <p class="agreement">
      {t("compare.agreement", {
        one: one.name,
        other: other.name,
        same: formatCount(same),
        both: formatCount(both),
        share: formatShare(same / both),
      })}
    </p>
  );
}
