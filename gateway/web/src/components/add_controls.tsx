import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { t } from "../i18n/language";
import { cameraIsAllowed } from "../intake/camera";
import { found } from "../intake/sorting";
import { shrinkBeforeSending } from "../state/preferences";
import { addFiles } from "../state/pictures";
import { CameraDialog } from "./camera_dialog";
import { keepFocus } from "./focus";
import { Icon } from "./icons";

const cameraIsOpen = signal(false);

interface FileInput {
  input: JSX.Element;
  open: () => void;
}

function useFileInput(
  attributes: JSX.InputHTMLAttributes<HTMLInputElement>,
): FileInput {
  const ref = useRef<HTMLInputElement>(null);
  const take = () => {
    const input = ref.current;
    if (!input?.files?.length) return;
    addFiles([...input.files].map(found));
    keepFocus(".add-buttons .primary");
    // So that choosing the same files again is a change, too.
    input.value = "";
  };
  return {
    input: (
      <input
        {...attributes}
        ref={ref}
        type="file"
        hidden
        tabIndex={-1}
        onChange={take}
      />
    ),
    open: () => ref.current?.click(),
  };
}

// Every browser knows this attribute, the typings of JSX do not.
const FOLDER = {
  webkitdirectory: true,
  multiple: true,
} as JSX.InputHTMLAttributes<HTMLInputElement>;

// The buttons that bring pictures in.
export function AddButtons({ label }: { label: string }): JSX.Element {
  const files = useFileInput({ accept: "image/*", multiple: true });
  const folder = useFileInput(FOLDER);
  const capture = useFileInput({ accept: "image/*", capture: "environment" });
  const openCamera = () => {
    const touch = matchMedia("(pointer: coarse)").matches;
    // A phone on plain http may still hand over to its camera program.
    if (!cameraIsAllowed() && touch) capture.open();
    else cameraIsOpen.value = true;
  };
  return (
    <div class="add-buttons">
      {files.input}
      {folder.input}
      {capture.input}
      <button type="button" class="primary" onClick={files.open}>
        <Icon name="add" />
        {label}
      </button>
      <button type="button" class="folder-button" onClick={folder.open}>
        <Icon name="folder" />
        {t("add.folder")}
      </button>
      <button type="button" aria-haspopup="dialog" onClick={openCamera}>
        <Icon name="camera" />
        {t("add.camera")}
      </button>
      {cameraIsOpen.value && (
        <CameraDialog onClose={() => (cameraIsOpen.value = false)} />
      )}
    </div>
  );
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

export function AddHint(): JSX.Element {
  return (
    <p class="add-hint quiet">
      <span class="for-mouse">
        {t("add.hint", { key: isApple ? "⌘V" : "Ctrl V" })}
      </span>
      <span class="for-touch">{t("add.hintTouch")}</span>
    </p>
  );
}

export function ShrinkChoice(): JSX.Element {
  return (
    <label class="shrink">
      <input
        type="checkbox"
        checked={shrinkBeforeSending.value}
        onChange={(event) =>
          (shrinkBeforeSending.value = event.currentTarget.checked)
        }
      />
      <span>
        {t("add.shrink")}
        <span class="quiet shrink-hint">{t("add.shrinkHint")}</span>
      </span>
    </label>
  );
}
