import type { JSX } from "preact";
import { formatPercent, t } from "../i18n/language";
import type { Picture } from "../pictures/picture";
import { store } from "../state/pictures";
import { Icon } from "./icons";

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
      return <FailureNote picture={picture} />;
    case "cancelled":
      return <p class="progress-note">{t("state.cancelled")}</p>;
    case "answered":
      return <></>;
  }
}

function FailureNote({ picture }: { picture: Picture }): JSX.Element | null {
  const state = picture.state.value;
  if (state.name !== "failed") return null;
  const { kind, message, limit } = state.failure;
  return (
    <div class="failure">
      <p class="failure-title">
        <Icon name="alert" />
        {t(`failure.${kind}`)}
      </p>
      <p class="failure-advice">{t(`advice.${kind}`)}</p>
      {limit && <p class="quiet">{t("failure.limit", { limit })}</p>}
      {message && (
        <p class="quiet failure-message">
          {t("failure.serverSays", { message })}
        </p>
      )}
    </div>
  );
}

interface RetryProperties {
  picture: Picture;
  tabIndex?: number;
}

// Offered where asking (again) can change something.
export function RetryButton(props: RetryProperties): JSX.Element | null {
  const { picture, tabIndex } = props;
  const { name } = picture.state.value;
  if (name !== "failed" && name !== "cancelled") return null;
  return (
    <button
      type="button"
      class="small"
      tabIndex={tabIndex}
      onClick={() => store.retry([picture])}
    >
      <Icon name="again" />
      {t("picture.retry")}
    </button>
  );
}
