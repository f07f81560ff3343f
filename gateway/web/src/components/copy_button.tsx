import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language";
import { copyText } from "../snippets/copy";
import { Icon } from "./icons";

interface Properties {
  class: string;
  label: string;
  text: () => string;
}

export function CopyButton(properties: Properties): JSX.Element {
  const { class: name, label, text } = properties;
  const [copied, setCopied] = useState<boolean | null>(null);
  return (
    <>
      <button
        type="button"
        class={name}
        onClick={() => void copyText(text()).then(setCopied)}
      >
        <Icon name="copy" />
        {label}
      </button>
      <span role="status" class="copied quiet">
        {copied !== null && t(copied ? "code.copied" : "code.notCopied")}
      </span>
    </>
  );
}
