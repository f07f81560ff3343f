import { describe, expect, test } from "vitest";
import type { NamedClass } from "../api/classify";
import {
  evaluate,
  folderOf,
  intervalOf,
  isKnown,
  isNamed,
  type Nomenclature,
} from "./evaluation";
import { makePicture } from "./picture";

const NAMES: Record<string, string[]> = {
  n1: ["tabby", "虎斑猫", "cat", "猫"],
  n2: ["golden retriever", "金毛寻回犬", "dog", "狗"],
};

const nomenclature: Nomenclature = {
  namesOf: ({ wordnetId }) => NAMES[wordnetId] ?? [],
  knows: (name) => Object.values(NAMES).flat().includes(name),
};

const classOf = (wordnetId: string, label: string): NamedClass => ({
  index: Number(wordnetId.slice(1)),
  label,
  wordnetId,
  probability: 0.1,
});

const TABBY = classOf("n1", "tabby");
const DOG = classOf("n2", "golden retriever");
const OWN = classOf("n9", "widget");

function pictureOf(name: string, ...classes: NamedClass[]) {
  const picture = makePicture(1, { name, file: new Blob(["x"]) });
  picture.answer.value = {
    classes,
    model: "m",
    modelVersion: "1",
    precision: "int8",
    language: "en",
    timings: { decodeMs: 0, queueMs: 0, inferenceMs: 0, totalMs: 0, batchSize: 1 },
  };
  return picture;
}

const answerOf = (picture: ReturnType<typeof pictureOf>) => picture.answer.peek();

test.each([
  ["a/tabby/1.jpg", "tabby"],
  ["tabby/1.jpg", "tabby"],
  ["1.jpg", null],
])("of %s the folder is %s", (name, folder) => {
  expect(folderOf(pictureOf(name))).toBe(folder);
});

test.each([
  ["Tabby", true],
  ["golden_retriever", false],
  ["n1", true],
  ["cats", true],
  ["虎斑猫", true],
  ["猫", true],
  ["cat food", false],
])("a folder called %s is a tabby: %s", (folder, expected) => {
  expect(isNamed(TABBY, folder, nomenclature)).toBe(expected);
});

test("a class ending in s keeps it", () => {
  expect(isKnown("Golden-Retrievers", nomenclature)).toBe(true);
  expect(isKnown("dress", { ...nomenclature, knows: (n) => n === "dres" })).toBe(
    false,
  );
});

describe("evaluate", () => {
  test("counts what comes first and among five, and what is confused", () => {
    const evaluation = evaluate(
      [
        pictureOf("tabby/1.jpg", TABBY, DOG),
        pictureOf("tabby/2.jpg", DOG, TABBY),
        pictureOf("tabby/3.jpg", DOG),
        pictureOf("dog/1.jpg", DOG),
        pictureOf("holiday/1.jpg", DOG),
        pictureOf("loose.jpg", DOG),
        makePicture(9, { name: "dog/open.jpg", file: new Blob(["x"]) }),
      ],
      nomenclature,
      answerOf,
    );

    expect(evaluation).toEqual({
      pictures: 4,
      right: 2,
      amongFive: 3,
      folders: [
        { folder: "tabby", pictures: 3, right: 1 },
        { folder: "dog", pictures: 1, right: 1 },
      ],
      confusions: [{ folder: "tabby", taken: DOG, pictures: 2 }],
      unknown: ["holiday"],
    });
  });

  test("knows a class of one's own model once an answer has named it", () => {
    const { pictures, right } = evaluate(
      [pictureOf("widgets/1.jpg", OWN), pictureOf("widgets/2.jpg", TABBY)],
      nomenclature,
      answerOf,
    );
    expect([pictures, right]).toEqual([2, 1]);
  });
});

test.each([
  [50, 100, 0.404, 0.596],
  [0, 10, 0, 0.278],
  [10, 10, 0.722, 1],
])("%d of %d right may be %d to %d", (right, all, low, high) => {
  const [from, to] = intervalOf(right, all);
  expect(from).toBeCloseTo(low, 2);
  expect(to).toBeCloseTo(high, 2);
});
