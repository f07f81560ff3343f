import type { JSX } from "preact";
import { t } from "../i18n/language";
import {
  GROUPINGS,
  SORTINGS,
  type Grouping,
  type Sorting,
} from "../pictures/arrangement";
import { arrangement } from "../state/pictures";
import { CompareChoice } from "./compare_choice";

// In which order, and in which groups, the pictures are shown.
export function ArrangementChoice(): JSX.Element {
  const { sorting, grouping } = arrangement.value;
  return (
    <div class="arrange">
      <label>
        <span>{t("sort.title")}</span>
        <select
          value={sorting}
          onChange={(event) =>
            (arrangement.value = {
              grouping,
              sorting: event.currentTarget.value as Sorting,
            })
          }
        >
          {SORTINGS.map((one) => (
            <option key={one} value={one}>
              {t(`sort.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t("group.title")}</span>
        <select
          value={grouping}
          onChange={(event) =>
            (arrangement.value = {
              sorting,
              grouping: event.currentTarget.value as Grouping,
            })
          }
        >
          {GROUPINGS.map((one) => (
            <option key={one} value={one}>
              {t(`group.${one}`)}
            </option>
          ))}
        </select>
      </label>
      <CompareChoice />
    </div>
  );
}
