import type { JSX } from "preact";
import { t } from "../i18n/language";
import { comparedModel, compareWith, otherModels } from "../state/comparison";

// Which second model answers about the same pictures, if there is one.
export function CompareChoice(): JSX.Element | null {
  if (otherModels.value.length === 0) return null;
  return (
    <label>
      <span>{t("compare.title")}</span>
      <select
        class="compare-choice"
        value={comparedModel.value?.name ?? ""}
        onChange={(event) => compareWith(event.currentTarget.value)}
      >
        <option value="">{t("compare.none")}</option>
        {otherModels.value.map(({ name, precision }) => (
          <option key={name} value={name}>
            {[name, precision].filter(Boolean).join(" · ")}
          </option>
        ))}
      </select>
    </label>
  );
}
