import { signal } from "@preact/signals";
import { remember, remembered } from "../remembered";

export const shrinkBeforeSending = signal(remembered("shrink") === "yes");
export const liveIsOpen = signal(remembered("live") !== "closed");

shrinkBeforeSending.subscribe((yes) => remember("shrink", yes ? "yes" : null));
liveIsOpen.subscribe((open) => remember("live", open ? null : "closed"));
