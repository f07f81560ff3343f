import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../i18n/language";
import { Icon } from "./icons";
import { useBack } from "./use_back";

interface Properties {
  title: string;
  class?: string;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  children: ComponentChildren;
}

// A modal dialog that is open while it is rendered.
export function Dialog(props: Properties): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  useBack(props.onClose);
  const closeOnBackdrop = (event: MouseEvent) => {
    if (event.target === ref.current) props.onClose();
  };
  return (
    <dialog
      ref={ref}
      class={`dialog ${props.class ?? ""}`}
      aria-labelledby={titleId}
      onClick={closeOnBackdrop}
      onKeyDown={props.onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="dialog-page">
        <div class="dialog-head">
          <h2 id={titleId}>{props.title}</h2>
          <button
            type="button"
            class="plain icon-button"
            aria-label={t("page.close")}
            title={t("page.close")}
            onClick={props.onClose}
          >
            <Icon name="close" />
          </button>
        </div>
        {props.children}
      </div>
    </dialog>
  );
}
