import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Answer } from "../api/classify";
import { textOf } from "../export/text";
import { formatBytes, formatShare, t } from "../i18n/language";
import { isUnsure } from "../pictures/certainty";
import { isOpen, type Picture } from "../pictures/picture";
import { comparedModel } from "../state/comparison";
import { store } from "../state/pictures";
import { Candidates } from "./candidates";
import { CopyButton } from "./copy_button";
import { DamageNote } from "./damage_note";
import { RemedyButton } from "./failure_note";
import { FileName } from "./file_name";
import { Icon } from "./icons";
import { BothAnswers } from "./other_answer";
import { CropButton, HeatButton, HeatNote, Preview } from "./preview";
import { ProgressNote } from "./progress_note";
import { Timeline } from "./timeline";

interface Properties {
  picture: Picture;
  onRemove: () => void;
}

// One picture with everything that is known about it.
export function Specimen({ picture, onRemove }: Properties): JSX.Element {
  const state = picture.state.value;
  const answer = picture.answer.value;
  return (
    <article class="specimen" data-state={state.name} tabIndex={-1}>
      <div class="specimen-plate viewfinder" data-open={isOpen(state)}>
        <Preview key={picture.id} picture={picture} />
        <HeatNote picture={picture} />
      </div>
      <div class="specimen-text">
        <p class="specimen-file quiet">
          <FileName path={picture.name} />
          <span>{formatBytes(picture.file.size)}</span>
        </p>
        {answer && state.name !== "failed" ? (
          <AnswerText picture={picture} answer={answer} />
        ) : (
          <ProgressNote picture={picture} />
        )}
        <Sent picture={picture} />
        <div class="specimen-buttons">
          <RemedyButton picture={picture} />
          <CropButton picture={picture} />
          <HeatButton picture={picture} />
          {state.name === "answered" && (
            <button
              type="button"
              class="small"
              onClick={() => store.retry([picture])}
            >
              <Icon name="again" />
              {t("outdated.ask")}
            </button>
          )}
          {answer && state.name !== "failed" && (
            <CopyButton
              class="small"
              label={t("picture.copy")}
              text={() => textOf(picture, { share: formatShare, model: said })}
            />
          )}
          <button type="button" class="small" onClick={onRemove}>
            <Icon name="close" />
            {t("picture.remove")}
          </button>
        </div>
      </div>
    </article>
  );
}

function AnswerText(props: {
  picture: Picture;
  answer: Answer;
}): JSX.Element {
  const { picture, answer } = props;
  const [all, setAll] = useState(false);
  return (
    <>
      {comparedModel.value ? (
        <BothAnswers picture={picture} answer={answer} />
      ) : (
        <Candidates
          classes={answer.classes.slice(0, all ? 10 : 3)}
          label={t("candidates.title")}
          unsure={isUnsure(answer)}
        />
      )}
      {answer.classes.length > 3 && !comparedModel.value && (
        <button
          type="button"
          class="link"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {t(all ? "picture.showThree" : "picture.showTen")}
        </button>
      )}
      {isUnsure(answer) && <p class="unsure">{t("picture.unsure")}</p>}
      {answer.warnings && <DamageNote warnings={answer.warnings} />}
      <Timeline timings={answer.timings} />
      <p class="quiet specimen-model">
        {said(answer.model, answer.modelVersion, answer.precision)}
      </p>
    </>
  );
}

function said(model: string, version: string, precision: string): string {
  return t("picture.answeredBy", { model, version, precision });
}

function Sent({ picture }: { picture: Picture }): JSX.Element | null {
  const sent = picture.sentAs.value;
  if (!sent) return null;
  const { how, width, height } = sent;
  return <p class="quiet">{t(`picture.${how}`, { width, height })}</p>;
}
