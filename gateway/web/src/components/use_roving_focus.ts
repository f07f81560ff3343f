import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { stepFrom, type Step } from "./grid_steps";

const STEPS: Record<string, Step> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

const ITEM = ".card-picture";

// One tab stop for a grid of cards, with the arrow keys inside. The stop is kept
// in the elements themselves, so that moving it draws nothing anew.
export function useRovingFocus<E extends HTMLElement>(): RefObject<E> {
  const ref = useRef<E>(null);
  useLayoutEffect(() => {
    const grid = ref.current;
    if (!grid || grid.querySelector(`${ITEM}[tabindex="0"]`)) return;
    const first = grid.querySelector<HTMLElement>(ITEM);
    if (first) first.tabIndex = 0;
  });
  // The element may come and go while the component stays.
  const listening = useRef<E | null>(null);
  useLayoutEffect(() => {
    const grid = ref.current;
    if (!grid || grid === listening.current) return;
    listening.current = grid;
    grid.addEventListener("focusin", (event) => take(grid, event));
    grid.addEventListener("keydown", (event) => move(grid, event));
  });
  return ref;
}

function take(grid: HTMLElement, { target }: FocusEvent): void {
  if (!(target instanceof HTMLElement) || !target.matches(ITEM)) return;
  for (const stop of grid.querySelectorAll<HTMLElement>(`${ITEM}[tabindex="0"]`)) {
    stop.tabIndex = -1;
  }
  target.tabIndex = 0;
}

function move(grid: HTMLElement, event: KeyboardEvent): void {
  const step = STEPS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const items = [...grid.querySelectorAll<HTMLElement>(ITEM)];
  const from = items.indexOf(event.target as HTMLElement);
  if (from < 0) return;
  event.preventDefault();
  const placeOf = (item: number) => items[item]!.getBoundingClientRect();
  items[stepFrom(from, step, items.length, placeOf)]?.focus();
}
