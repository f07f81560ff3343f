import { signal } from "@preact/signals";
import { remember, remembered } from "../remembered";

export const shrinkBeforeSending = signal(remembered("shrink") === "yes");
// On a wide screen there is room for the live figures from the start.
export const liveIsOpen = signal(
  (remembered("live") ??
    (matchMedia("(min-width: 75rem)").matches ? "open" : "closed")) === "open",
);

shrinkBeforeSending.subscribe((yes) => remember("shrink", yes ? "yes" : null));

export function toggleLive(): void {
  liveIsOpen.value = !liveIsOpen.value;
  remember("live", liveIsOpen.value ? "open" : "closed");
}
