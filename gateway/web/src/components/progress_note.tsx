import type { JSX } from "preact";
import { formatPercent, t } from "../i18n/language";
import type { Picture } from "../pictures/picture";
import { FailureNote } from "./failure_note";

// What a picture without an answer is waiting for, or why it got none.
export function ProgressNote({ picture }: { picture: Picture }): JSX.Element {
  const state = picture.state.value;
  switch (state.name) {
    case "waiting":
      return <p class="progress-note">{t("state.waiting")}</p>;
    case "sending":
      return (
        <p class="progress-note">
          {state.share < 1
            ? t("state.sending", { percent: formatPercent(state.share, 0) })
            : t("state.recognising")}
        </p>
      );
    case "retrying":
      return (
        <p class="progress-note">
          {t("state.retrying", {
            reason: t(`failure.${state.failure.kind}`),
            seconds: Math.ceil(state.delayMs / 1000),
          })}
        </p>
      );
    case "failed":
      return <FailureNote picture={picture} failure={state.failure} />;
    case "cancelled":
      return <p class="progress-note">{t("state.cancelled")}</p>;
    case "answered":
      return <></>;
  }
}
