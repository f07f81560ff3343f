import type { JSX } from "preact";
import { damageOf } from "../api/damage";
import { formatCount, t } from "../i18n/language";

// What is wrong with a picture that was answered all the same.
export function DamageNote(props: { warnings: string[] }): JSX.Element {
  return (
    <p class="quiet">
      {t("damage.note", {
        what: props.warnings.map(said).join(t("damage.and")),
      })}
    </p>
  );
}

function said(warning: string): string {
  const damage = damageOf(warning);
  if (!damage) return warning;
  return t(`damage.${damage.kind}`, { count: formatCount(damage.count) });
}
