import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { t } from "../i18n/language";
import type { MessageKey } from "../i18n/en";
import { liveIsOpen, toggleLive } from "../state/preferences";
import { currentModel, latestStatus, watch } from "../state/server";
import { LanguageButton, ThemeButton } from "./header_buttons";
import { Brand, Icon } from "./icons";
import { ModelDialog } from "./model_dialog";

const modelsAreOpen = signal(false);

export function Header(): JSX.Element {
  return (
    <header class="header">
      <Brand here />
      <div class="header-status">
        <ServerState />
        <ModelButton />
      </div>
      <div class="header-tools">
        <LanguageButton />
        <ThemeButton />
        <LiveButton />
      </div>
      {modelsAreOpen.value && (
        <ModelDialog onClose={() => (modelsAreOpen.value = false)} />
      )}
    </header>
  );
}

function LiveButton(): JSX.Element {
  const label = t(liveIsOpen.value ? "live.hide" : "live.show");
  return (
    <button
      type="button"
      class="plain icon-button"
      aria-expanded={liveIsOpen.value}
      aria-controls="live"
      aria-label={label}
      title={label}
      onClick={toggleLive}
    >
      <Icon name="pulse" />
    </button>
  );
}

function stateMessage(): MessageKey {
  switch (watch.link.value) {
    case "connecting":
      return "server.connecting";
    case "live":
      return "server.live";
    case "waiting":
      return latestStatus.value?.state === "starting"
        ? "server.starting"
        : "server.draining";
    case "serverDown":
      return "server.down";
    case "gatewayDown":
      return "server.unreachable";
  }
}

function ServerState(): JSX.Element {
  return (
    <span class="server-state" data-link={watch.link.value} role="status">
      <span class="server-dot" aria-hidden="true" />
      {t(stateMessage())}
    </span>
  );
}

function ModelButton(): JSX.Element {
  const model = currentModel.value;
  return (
    <button
      type="button"
      class="plain model-button"
      aria-haspopup="dialog"
      onClick={() => (modelsAreOpen.value = true)}
    >
      <span class={model ? "unseen" : ""}>{t("model.choose")}</span>
      {model && <span class="model-button-name">{model.name}</span>}
      {model && <span class="tag">{model.precision}</span>}
      <Icon name="chevron" />
    </button>
  );
}
