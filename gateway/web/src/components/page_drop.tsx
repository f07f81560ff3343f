import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/language";
import { notifyNothingToPaste } from "../state/notices";
import { addDropped } from "../state/pictures";

const isOver = signal(false);

// Takes what is dropped anywhere on the page or pasted into it.
export function PageDrop(): JSX.Element | null {
  useEffect(() => {
    const controller = new AbortController();
    listen(controller.signal);
    return () => controller.abort();
  }, []);
  if (!isOver.value) return null;
  return (
    <div class="drop" aria-hidden="true">
      <div class="drop-frame viewfinder">
        <p class="drop-title">{t("add.drop")}</p>
        <p>{t("add.dropHint")}</p>
      </div>
    </div>
  );
}

function listen(signal: AbortSignal): void {
  const on = <K extends keyof DocumentEventMap>(
    type: K,
    listener: (event: DocumentEventMap[K]) => void,
  ) => document.addEventListener(type, listener, { signal });

  on("dragover", (event) => {
    if (!bringsSomething(event.dataTransfer)) return;
    event.preventDefault();
    isOver.value = true;
  });
  on("dragleave", (event) => {
    // Leaving one element for another is no leaving of the page.
    if (!event.relatedTarget) isOver.value = false;
  });
  on("drop", (event) => {
    if (!event.dataTransfer || !bringsSomething(event.dataTransfer)) return;
    event.preventDefault();
    isOver.value = false;
    void addDropped(event.dataTransfer);
  });
  on("paste", (event) => {
    if (!event.clipboardData || isTextField(event.target)) return;
    event.preventDefault();
    void addDropped(event.clipboardData, notifyNothingToPaste);
  });
}

function bringsSomething(transfer: DataTransfer | null): boolean {
  const types = transfer?.types ?? [];
  return ["Files", "text/uri-list", "text/html"].some((type) =>
    types.includes(type),
  );
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "search";
}
