import { computed } from "@preact/signals";
import type { Verdict } from "../export/rows";
import {
  evaluate,
  folderOf,
  isKnown,
  isNamed,
  type Nomenclature,
} from "../pictures/evaluation";
import type { Picture } from "../pictures/picture";
import { labelTable } from "./labels";
import { store } from "./pictures";

const nomenclature = computed<Nomenclature>(() => {
  const table = labelTable.value;
  return {
    namesOf: (one) => table?.namesOf(one) ?? [],
    knows: (name) => table?.knows(name) ?? false,
  };
});

// Some picture lies in a folder that is called like a class.
export const canEvaluate = computed(() =>
  store.pictures.value.some((picture) => {
    const folder = folderOf(picture);
    return folder !== null && isKnown(folder, nomenclature.value);
  }),
);

export const evaluation = computed(() => {
  store.changes.value;
  return evaluate(store.pictures.value, nomenclature.value, ({ answer }) =>
    answer.peek(),
  );
});

// Of the model that is compared with.
export const otherEvaluation = computed(() => {
  store.changes.value;
  return evaluate(store.pictures.value, nomenclature.value, ({ other }) =>
    other.peek()?.answer,
  );
});

// Of one picture; null where its folder says nothing.
export function verdictOf(picture: Picture): Verdict | null {
  const expected = folderOf(picture);
  const first = picture.answer.peek()?.classes[0];
  const names = nomenclature.peek();
  if (expected === null || !first) return null;
  const right = isNamed(first, expected, names);
  return right || isKnown(expected, names) ? { expected, right } : null;
}
