// Where the keyboard goes when what it was on has gone, first come first served.
const HAVENS = [
  '.card-picture[tabindex="0"]',
  ".specimen",
  ".add-buttons .primary",
];

// Call it after a change that may take the focused element away: once the page
// is drawn anew and the focus has fallen to the body, it goes to the first of
// the places that there is.
export function keepFocus(...places: string[]): void {
  requestAnimationFrame(() => {
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body) return;
    for (const place of [...places, ...HAVENS]) {
      const element = document.querySelector<HTMLElement>(place);
      if (!element) continue;
      element.focus({ preventScroll: true });
      if (document.activeElement === element) return;
    }
  });
}

export const cardOf = (id: number) => `.card-picture[data-picture="${id}"]`;
