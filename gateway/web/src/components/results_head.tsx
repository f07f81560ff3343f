import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { formatCount, t, tCount } from "../i18n/language";
import { isFiltered } from "../pictures/filter";
import type { Picture } from "../pictures/picture";
import { remedyOf } from "../pictures/tally";
import { filter, shown, store } from "../state/pictures";
import { Icon } from "./icons";

// What stays in view while the grid scrolls.
export function ResultsHead(): JSX.Element {
  return (
    <div class="results-head">
      <Progress />
      <FilterField />
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
