import type { JSX } from "preact";
import { language, t } from "../i18n/language";
import { store } from "../state/pictures";
import { latestStatus } from "../state/server";
import { CodeButton } from "./code_dialog";
import { samples } from "./samples";

export function Footer(): JSX.Element {
  const version = latestStatus.value?.version;
  return (
    <footer class="footer quiet">
      {samples.value.length > 0 && (
        <p>
          {t("footer.photographs")}
          {language.value === "zh" ? "：" : ": "}
          {samples.value
            .map((sample) =>
              t("footer.credit", {
                title: sample.title[language.value],
                credit: sample.credit,
                licence:
                  sample.licence === "Public domain"
                    ? t("footer.publicDomain")
                    : sample.licence,
              }),
            )
            .join(language.value === "zh" ? "；" : "; ")}
        </p>
      )}
      <p class="footer-links">
        {/* Leaving the page would lose the pictures on it. */}
        <a href="/docs" target={store.tally.value.all > 0 ? "_blank" : undefined}>
          {t("footer.api")}
        </a>
        <CodeButton class="link" />
        {version && <span>{t("live.version", { version })}</span>}
        <span>{t("footer.privacy")}</span>
      </p>
    </footer>
  );
}
