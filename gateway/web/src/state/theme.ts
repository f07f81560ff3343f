import { computed, signal } from "@preact/signals";
import { remember, remembered } from "../remembered";

export type Theme = "light" | "dark";

const systemTheme = signal<Theme>("light");
const choice = signal<Theme | null>(null);

export const theme = computed(() => choice.value ?? systemTheme.value);

export function initTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    systemTheme.value = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
  const saved = remembered("theme");
  if (saved === "light" || saved === "dark") choice.value = saved;
  choice.subscribe((value) => {
    if (value) document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
  });
}

// A choice that agrees with the system is no choice: the page follows the
// system again.
export function toggleTheme(): void {
  const other: Theme = theme.value === "dark" ? "light" : "dark";
  choice.value = other === systemTheme.value ? null : other;
  remember("theme", choice.value);
}
