import type { JSX } from "preact";
import { t, tCount } from "../i18n/language";
import type { Picture } from "../pictures/picture";
import { removePicture, store } from "../state/pictures";
import { AddButtons, AddHint, ShrinkChoice } from "./add_controls";
import { keepFocus } from "./focus";
import { OpenedPicture } from "./opened_picture";
import { PictureGrid } from "./picture_grid";
import { ResultsHead } from "./results_head";
import { ResultsTools } from "./results_tools";
import { SampleStrip } from "./samples";
import { Specimen } from "./specimen";

// Up to so many pictures the samples are still an invitation.
const SAMPLES_UP_TO = 8;

export function Results(): JSX.Element {
  const all = store.pictures.value;
  const [only] = all;
  const remove = (picture: Picture) => {
    removePicture(picture);
    keepFocus();
  };
  return (
    <div class="results">
      <h1 class="unseen">{t("results.title")}</h1>
      <div class="add-bar">
        <AddButtons label={t("add.more")} />
        <AddHint />
      </div>
      <Outdated />
      {all.length === 1 && only ? (
        <Specimen picture={only} onRemove={() => remove(only)} />
      ) : (
        <>
          <ResultsHead />
          <ResultsTools />
          <PictureGrid />
          <OpenedPicture />
        </>
      )}
      {all.length <= SAMPLES_UP_TO && <SampleStrip more />}
      <ShrinkChoice />
    </div>
  );
}

function Outdated(): JSX.Element | null {
  const outdated = store.outdated.value;
  if (outdated.length === 0) return null;
  return (
    <div class="outdated">
      <p>{tCount("outdated.some", outdated.length)}</p>
      <button
        type="button"
        class="small"
        onClick={() => store.retry(store.outdated.peek())}
      >
        {t("outdated.ask")}
      </button>
    </div>
  );
}
