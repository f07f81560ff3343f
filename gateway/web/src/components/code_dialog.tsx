import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { language, t } from "../i18n/language";
import { snippet, SNIPPETS, type SnippetName } from "../snippets/snippets";
import { chosenModel } from "../state/server";
import { CopyButton } from "./copy_button";
import { Dialog } from "./dialog";

const codeIsOpen = signal(false);
const chosen = signal<SnippetName>("curl");

// The API's own default: enough for most programs.
const TOP_K = 5;

const TITLES: Record<SnippetName, string> = {
  curl: "curl",
  python: "Python",
  javascript: "JavaScript",
  grpcurl: "grpcurl",
};

export function CodeButton({ class: name }: { class: string }): JSX.Element {
  return (
    <button
      type="button"
      class={name}
      aria-haspopup="dialog"
      onClick={() => (codeIsOpen.value = true)}
    >
      {t("code.open")}
    </button>
  );
}

// The page's request as a program of one's own.
export function CodeDialog(): JSX.Element | null {
  if (!codeIsOpen.value) return null;
  const text = snippet(chosen.value, {
    origin: location.origin,
    model: chosenModel.value,
    language: language.value,
    topK: TOP_K,
  });
  return (
    <Dialog
      title={t("code.open")}
      class="code-dialog"
      onClose={() => (codeIsOpen.value = false)}
    >
      <p class="quiet">{t("code.lead")}</p>
      <div class="show" role="group" aria-label={t("code.choose")}>
        {SNIPPETS.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={chosen.value === name}
            onClick={() => (chosen.value = name)}
          >
            {TITLES[name]}
          </button>
        ))}
      </div>
      <pre class="code" tabIndex={0} aria-label={TITLES[chosen.value]}>
        {text}
      </pre>
      {chosen.value === "grpcurl" && <p class="quiet">{t("code.grpc")}</p>}
      <div class="code-buttons">
        <CopyButton
          key={text}
          class="primary"
          label={t("code.copy")}
          text={() => text}
        />
        <a href="/docs" target="_blank">
          {t("footer.api")}
        </a>
      </div>
    </Dialog>
  );
}
