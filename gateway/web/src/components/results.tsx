import type { JSX } from "preact";
import { t, tCount } from "../i18n/language";
import { NO_FILTER } from "../pictures/filter";
import {
  filter,
  opened,
  removePicture,
  shown,
  store,
} from "../state/pictures";
import { AddButtons, AddHint, ShrinkChoice } from "./add_controls";
import { Dialog } from "./dialog";
import { PictureCard } from "./picture_card";
import { ResultsBar } from "./results_bar";
import { SampleStrip } from "./samples";
import { Specimen } from "./specimen";

export function Results(): JSX.Element {
  const all = store.pictures.value;
  const [only] = all;
  return (
    <div class="results">
      <h1 class="unseen">{t("results.title")}</h1>
      <div class="add-bar">
        <AddButtons label={t("add.more")} />
        <AddHint />
      </div>
      <Outdated />
      {all.length === 1 && only ? (
        <>
          <Specimen picture={only} onRemove={() => removePicture(only)} />
          <SampleStrip more />
        </>
      ) : (
        <>
          <ResultsBar />
          <Grid />
          <OpenedPicture />
        </>
      )}
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

function Grid(): JSX.Element {
  if (shown.value.length === 0) {
    return (
      <div class="no-match">
        <p>{t("results.nothingMatches")}</p>
        <button type="button" onClick={() => (filter.value = NO_FILTER)}>
          {t("results.resetFilter")}
        </button>
      </div>
    );
  }
  return (
    <ul class="grid" aria-label={t("results.title")}>
      {shown.value.map((picture) => (
        <PictureCard key={picture.id} picture={picture} />
      ))}
    </ul>
  );
}

function OpenedPicture(): JSX.Element | null {
  const picture = opened.value;
  if (!picture) return null;
  return (
    <Dialog
      title={picture.name}
      class="specimen-dialog"
      onClose={() => (opened.value = null)}
    >
      <Specimen picture={picture} onRemove={() => removePicture(picture)} />
    </Dialog>
  );
}
