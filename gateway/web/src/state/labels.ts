import { computed, signal } from "@preact/signals";
import { LabelTable, type WireLabelTable } from "../labels/label_table";

const loaded = signal<LabelTable | null>(null);

// null until it is there; without it answers are asked for again when the
// language changes.
export const labelTable = computed(() => loaded.value);

export async function loadLabels(): Promise<void> {
  try {
    const response = await fetch("/labels/imagenet1k.json");
    if (!response.ok) return;
    loaded.value = new LabelTable((await response.json()) as WireLabelTable);
  } catch {
    // Tried again with the next visit.
  }
}
