import type { JSX } from "preact";
import { t } from "../i18n/language";
import { AddButtons, AddHint, ShrinkChoice } from "./add_controls";
import { WAN_STROKES } from "./icons";
import { SampleStrip } from "./samples";

// What a visitor sees before there is any picture.
export function Welcome(): JSX.Element {
  return (
    <div class="welcome">
      <div class="welcome-words">
        <h1>{t("welcome.headline")}</h1>
        <p class="lead">{t("welcome.lead")}</p>
      </div>
      <section class="plate viewfinder" aria-label={t("add.title")}>
        <svg class="plate-wan" viewBox="8 11 48 44" aria-hidden="true">
          {WAN_STROKES.map((d) => (
            <path key={d} d={d} />
          ))}
        </svg>
        <AddButtons label={t("add.choose")} />
        <AddHint />
        <ShrinkChoice />
      </section>
      <SampleStrip />
    </div>
  );
}
