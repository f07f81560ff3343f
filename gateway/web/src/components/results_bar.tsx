import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { csvOf } from "../export/csv";
import { download, fileName } from "../export/download";
import { jsonOf } from "../export/json";
import { rowsOf } from "../export/rows";
import { formatCount, t, tCount } from "../i18n/language";
import { isFiltered, type Show } from "../pictures/filter";
import type { Picture } from "../pictures/picture";
import { remedyOf } from "../pictures/tally";
import { clearPictures, filter, names, shown, store } from "../state/pictures";
import { keepFocus } from "./focus";
import { Icon } from "./icons";

export function ResultsBar(): JSX.Element {
  return (
    <div class="results-bar">
      <Progress />
      <div class="results-tools">
        <FilterField />
        <ShowChoice />
        <ExportButtons />
        <ClearButton />
      </div>
      <NameChips />
    </div>
  );
}

function Progress(): JSX.Element {
  const { all, open, retryable, convertible, cancelled } = store.tally.value;
  const done = all - open;
  const those = (isOne: (picture: Picture) => boolean) =>
    store.pictures.peek().filter(isOne);
  return (
    <div class="progress" data-open={open > 0}>
      <h2 class="progress-title">
        {open > 0
          ? t("results.progress", {
              done: formatCount(done),
              all: formatCount(all),
            })
          : isFiltered(filter.value)
            ? t("results.some", {
                shown: formatCount(shown.value.length),
                all: formatCount(all),
              })
            : tCount("results.count", all)}
      </h2>
      <progress
        class="progress-bar"
        max={all}
        value={done}
        aria-label={t("results.title")}
      />
      <div class="progress-buttons">
        {open > 0 && (
          <button type="button" onClick={() => store.cancelOpen()}>
            {t("results.cancel")}
          </button>
        )}
        {retryable > 0 && (
          <button
            type="button"
            onClick={() =>
              store.retry(those((one) => remedyOf(one) === "retry"))
            }
          >
            {tCount("results.retryFailed", retryable)}
          </button>
        )}
        {convertible > 1 && (
          <button
            type="button"
            onClick={() =>
              store.convert(those((one) => remedyOf(one) === "convert"))
            }
          >
            {tCount("results.convert", convertible)}
          </button>
        )}
        {cancelled > 0 && (
          <button
            type="button"
            onClick={() => 
              store.retry(
                those(({ state }) => state.peek().name === "cancelled"),
              )
            }
          >
            {tCount("results.resume", cancelled)}
          </button>
        )}
      </div>
    </div>
  );
}

// Away from what stops the work, which is pressed in a hurry.
function ClearButton(): JSX.Element {
  const clear = () => {
    clearPictures();
    keepFocus();
  };
  return (
    <button type="button" class="clear" onClick={clear}>
      {t("results.clear")}
    </button>
  );
}

function FilterField(): JSX.Element {
  const id = useId();
  return (
    <div class="filter">
      <label class="unseen" for={id}>
        {t("results.filterLabel")}
      </label>
      <Icon name="search" />
      <input
        id={id}
        type="search"
        value={filter.value.text}
        placeholder={t("results.filterPlaceholder")}
        onInput={(event) =>
          (filter.value = { ...filter.value, text: event.currentTarget.value })
        }
      />
    </div>
  );
}

function ShowChoice(): JSX.Element {
  const { all, open, answered, failed, cancelled } = store.tally.value;
  const choices: [Show, string, number][] = [
    ["all", t("results.showAll"), all],
    ["answered", t("results.showAnswered"), answered],
    ["failed", t("results.showFailed"), failed],
    ["open", t("results.showOpen"), open + cancelled],
  ];
  const isOffered = ([show, , count]: (typeof choices)[number]) =>
    show === "all" || count > 0 || show === filter.value.show;
  return (
    <div class="show" role="group" aria-label={t("results.show")}>
      {choices.filter(isOffered).map(([show, label, count]) => (
        <button
          key={show}
          type="button"
          aria-pressed={filter.value.show === show}
          onClick={() => (filter.value = { ...filter.value, show })}
        >
          {label} <span class="count">{formatCount(count)}</span>
        </button>
      ))}
    </div>
  );
}

function ExportButtons(): JSX.Element {
  const exportCsv = () =>
    download(
      fileName("csv", new Date()),
      "text/csv;charset=utf-8",
      csvOf(rowsOf(shown.peek())),
    );
  const exportJson = () =>
    download(
      fileName("json", new Date()),
      "application/json",
      jsonOf(rowsOf(shown.peek())),
    );
  return (
    <div class="export" role="group" aria-label={t("results.export")}>
      <Icon name="download" />
      <button
        type="button"
        aria-label={t("results.exportCsv")}
        onClick={exportCsv}
      >
        {t("results.csv")} <ExportedCount />
      </button>
      <button
        type="button"
        aria-label={t("results.exportJson")}
        onClick={exportJson}
      >
        {t("results.json")} <ExportedCount />
      </button>
    </div>
  );
}

// An export has what is shown: told where that is not everything.
function ExportedCount(): JSX.Element | null {
  if (!isFiltered(filter.value)) return null;
  return <span class="count">({formatCount(shown.value.length)})</span>;
}

function NameChips(): JSX.Element | null {
  if (names.value.length === 0) return null;
  const { first } = filter.value;
  return (
    <div class="chips" role="group" aria-label={t("results.classes")}>
      {names.value.map(({ index, label, count }) => (
        <button
          key={index}
          type="button"
          aria-pressed={first === index}
          onClick={() =>
            (filter.value = {
              ...filter.value,
              first: first === index ? null : index,
            })
          }
        >
          {label} <span class="count">{formatCount(count)}</span>
        </button>
      ))}
    </div>
  );
}
