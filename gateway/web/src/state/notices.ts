import { signal } from "@preact/signals";
import { t, tCount } from "../i18n/language";

export interface Notice {
  id: number;
  // Made when it is shown, so that it follows the language.
  text: () => string;
}

// Something to tell the person, until dismissed.
export const notices = signal<readonly Notice[]>([]);
// Said to screen readers only.
export const announcement = signal("");

let lastId = 0;

export function notify(text: () => string): void {
  const same = text();
  const others = notices.value.filter((notice) => notice.text() !== same);
  notices.value = [...others, { id: (lastId += 1), text }];
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

export function notifyLeftOut(names: readonly string[]): void {
  const [first] = names;
  if (first === undefined) return;
  notify(() => tCount("notice.notPictures", names.length, { name: first }));
}

export function notifyNothingToPaste(): void {
  notify(() => t("notice.nothingToPaste"));
}

export function notifyAddressOnly(): void {
  notify(() => t("notice.addressOnly"));
}
