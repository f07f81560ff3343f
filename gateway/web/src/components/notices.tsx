import type { JSX } from "preact";
import { t } from "../i18n/language";
import { announcement, dismiss, notices } from "../state/notices";

export function Notices(): JSX.Element {
  return (
    <>
      <div class="notices" role="status">
        {notices.value.map((notice) => (
          <div key={notice.id} class="notice">
            <p>{notice.text()}</p>
            <button
              type="button"
              class="plain"
              onClick={() => dismiss(notice.id)}
            >
              {t("notice.dismiss")}
            </button>
          </div>
        ))}
      </div>
      <div class="unseen" aria-live="polite">
        {announcement.value}
      </div>
    </>
  );
}
