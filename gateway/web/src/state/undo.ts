import { signal } from "@preact/signals";

// Something that was done and can still be undone.
export interface Undoable {
  // Made when it is shown, so that it follows the language.
  text: () => string;
  undo: () => void;
  // Called once it can no longer be undone.
  settle: () => void;
}

const UNDO_MS = 8_000;

export const undoable = signal<Undoable | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;

// Offers to undo it for some seconds. What was offered before is settled.
export function offerUndo(action: Undoable): void {
  settleUndo();
  undoable.value = action;
  timer = setTimeout(settleUndo, UNDO_MS);
}

export function undo(): void {
  const action = undoable.value;
  clearTimeout(timer);
  undoable.value = null;
  action?.undo();
}

// Time stands still while somebody reads the offer or is about to take it.
export function holdUndo(): void {
  clearTimeout(timer);
}

export function releaseUndo(): void {
  clearTimeout(timer);
  if (undoable.value) timer = setTimeout(settleUndo, UNDO_MS);
}

export function settleUndo(): void {
  const action = undoable.value;
  clearTimeout(timer);
  undoable.value = null;
  action?.settle();
}
