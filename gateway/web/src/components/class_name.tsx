import type { JSX } from "preact";
import { t } from "../i18n/language";

interface Properties {
  label: string;
  unsure: boolean;
}

// The name that comes first. One that is little more than a guess says so.
export function ClassName({ label, unsure }: Properties): JSX.Element {
  if (!unsure) return <>{label}</>;
  return (
    <>
      <span class="perhaps">{t("picture.perhaps")}</span> {label}
    </>
  );
}
