import type { JSX } from "preact";
import type { Answer } from "../api/classify";
import { formatMs, formatShare, t } from "../i18n/language";
import { isUnsure } from "../pictures/certainty";
import { isOpen, type Picture } from "../pictures/picture";
import { neighbourOf, opened, removePicture } from "../state/pictures";
import { ClassName } from "./class_name";
import { cardOf, keepFocus } from "./focus";
import { RemedyButton } from "./failure_note";
import { FileName } from "./file_name";
import { Icon } from "./icons";
import { OtherName } from "./other_answer";
import { ProgressNote } from "./progress_note";
import { Thumbnail } from "./thumbnail";

export function PictureCard({ picture }: { picture: Picture }): JSX.Element {
  const state = picture.state.value;
  const remove = () => {
    const after = neighbourOf(picture, 1) ?? neighbourOf(picture, -1);
    removePicture(picture);
    keepFocus(...(after ? [cardOf(after.id)] : []));
  };
  // The grid is one stop on the way of the Tab key: see use_roving_focus.
  return (
    <div
      role="listitem"
      class="card"
      data-state={state.name}
      data-open={isOpen(state)}
    >
      <button
        type="button"
        class="card-picture"
        data-picture={picture.id}
        tabIndex={-1}
        aria-haspopup="dialog"
        aria-keyshortcuts="Delete"
        onClick={() => (opened.value = picture)}
        onKeyDown={(event) => {
          if (event.key === "Delete") remove();
        }}
      >
        <span class="unseen">{t("picture.open", { name: picture.name })}</span>
        <Thumbnail picture={picture} />
      </button>
      <button
        type="button"
        class="card-remove icon-button"
        tabIndex={-1}
        aria-label={t("picture.removeNamed", { name: picture.name })}
        title={t("picture.remove")}
        onClick={remove}
      >
        <Icon name="close" />
      </button>
      <CardCaption picture={picture} />
    </div>
  );
}

function CardCaption({ picture }: { picture: Picture }): JSX.Element {
  const answer = picture.answer.value;
  const failed = picture.state.value.name === "failed";
  return (
    <div class="card-caption">
      {answer && !failed ? (
        <>
          <AnswerCaption answer={answer} />
          <OtherName picture={picture} />
        </>
      ) : (
        <div class="card-note">
          <ProgressNote picture={picture} />
          <RemedyButton picture={picture} tabIndex={-1} />
        </div>
      )}
      <p class="card-file">
        <FileName path={picture.name} />
        {answer && !failed && <span>{formatMs(answer.timings.totalMs)}</span>}
      </p>
    </div>
  );
}

function AnswerCaption({ answer }: { answer: Answer }): JSX.Element {
  return (
    <ol class="card-names">
      {answer.classes.slice(0, 3).map((one, i) => (
        <li key={one.index}>
          <span class="candidate-name">
            <ClassName label={one.label} unsure={i === 0 && isUnsure(answer)} />
          </span>
          <span class="candidate-share">{formatShare(one.probability)}</span>
          <span class="bar" aria-hidden="true">
            <span style={{ width: `${one.probability * 100}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
