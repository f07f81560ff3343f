import type { JSX } from "preact";
import { t, tCount } from "../i18n/language";
import { NO_FILTER } from "../pictures/filter";
import type { Picture } from "../pictures/picture";
import {
  filter,
  removePicture,
  shown,
  store,
} from "../state/pictures";
import { AddButtons, AddHint, ShrinkChoice } from "./add_controls";
import { keepFocus } from "./focus";
import { OpenedPicture } from "./opened_picture";
import { PictureCard } from "./picture_card";
import { ResultsBar } from "./results_bar";
import { SampleStrip } from "./samples";
import { Specimen } from "./specimen";
import { useRovingFocus } from "./use_roving_focus";

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
        <>
          <Specimen picture={only} onRemove={() => remove(only)} />
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
  const grid = useRovingFocus<HTMLUListElement>();
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
    <ul ref={grid} class="grid" aria-label={t("results.title")}>
      {shown.value.map((picture) => (
        <PictureCard key={picture.id} picture={picture} />
      ))}
    </ul>
  );
}
