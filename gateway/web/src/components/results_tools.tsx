import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { csvOf } from "../export/csv";
import { download, fileName } from "../export/download";
import { jsonOf } from "../export/json";
import { rowsOf } from "../export/rows";
import { formatCount, t } from "../i18n/language";
import { isFiltered, type Show } from "../pictures/filter";
import { agreement } from "../state/comparison";
import { verdictOf } from "../state/evaluation";
import { clearPictures, filter, names, shown, store } from "../state/pictures";
import { ArrangementChoice } from "./arrangement_choice";
import { CodeButton } from "./code_dialog";
import { EvaluationButton } from "./evaluation_dialog";
import { keepFocus } from "./focus";
import { Icon } from "./icons";
import { AgreementNote } from "./other_answer";

const toolsAreOpen = signal(false);

// What can be done with all of the pictures.
export function ResultsTools(): JSX.Element {
  return (
    <div class="results-tools" data-unfolded={toolsAreOpen.value}>
      <ShowChoice />
      <ToolsButton />
      <ArrangementChoice />
      <NameChips />
      <div class="results-actions">
        <EvaluationButton />
        <ExportButtons />
        <CodeButton class="code-open" />
        <ClearButton />
      </div>
      <AgreementNote />
    </div>
  );
}

// On a phone, which has no room for all of them above the pictures.
function ToolsButton(): JSX.Element {
  return (
    <button
      type="button"
      class="tools-button"
      aria-expanded={toolsAreOpen.value}
      onClick={() => (toolsAreOpen.value = !toolsAreOpen.value)}
    >
      {t("results.tools")}
      <Icon name="chevron" />
    </button>
  );
}

function ShowChoice(): JSX.Element {
  const { all, open, answered, unsure, failed, cancelled } = store.tally.value;
  const { both, same } = agreement.value;
  const choices: [Show, string, number][] = [
    ["all", t("results.showAll"), all],
    ["answered", t("results.showAnswered"), answered],
    ["unsure", t("results.showUnsure"), unsure],
    ["different", t("results.showDifferent"), both - same],
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
      csvOf(rowsOf(shown.peek(), verdictOf)),
    );
  const exportJson = () =>
    download(
      fileName("json", new Date()),
      "application/json",
      jsonOf(rowsOf(shown.peek(), verdictOf)),
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
