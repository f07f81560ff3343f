import { computed, signal } from "@preact/signals";
import { remember, remembered } from "../remembered";

export const shrinkBeforeSending = signal(remembered("shrink") === "yes");

// There is room for the live figures beside the pictures.
const isWide = matchMedia("(min-width: 75rem)");
const room = signal<"beside" | "above">(isWide.matches ? "beside" : "above");
const openBeside = signal(remembered("live") !== "closed");
// Above the pictures they are in the way: nobody finds them open there who has
// not just opened them, neither on a phone nor by zooming in.
const openAbove = signal(false);

export const liveIsOpen = computed(() =>
  room.value === "beside" ? openBeside.value : openAbove.value,
);

isWide.addEventListener("change", () => {
  room.value = isWide.matches ? "beside" : "above";
  openAbove.value = false;
});

shrinkBeforeSending.subscribe((yes) => remember("shrink", yes ? "yes" : null));

export function toggleLive(): void {
  if (room.value === "above") {
    openAbove.value = !openAbove.value;
    return;
  }
  openBeside.value = !openBeside.value;
  remember("live", openBeside.value ? "open" : "closed");
}
