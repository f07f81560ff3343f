import { describe, expect, test } from "vitest";
import labels from "../../../../tools/labels/imagenet1k.tsv?raw";
import groups from "../../../../tools/labels/imagenet1k_groups.tsv?raw";
import type { Answer } from "../api/classify";
import { frequentNames, isFiltered, matches, NO_FILTER } from "./filter";
import { makePicture, type Picture, type PictureState } from "./picture";

function pictureOf(
  name: string,
  labels: (string | [number, string])[],
  state: PictureState = { name: "answered" },
): Picture {
  const picture = makePicture(1, { name, file: new Blob() });
  picture.state.value = state;
  if (labels.length > 0) {
    picture.answer.value = {
      classes: labels.map((label, place) => ({
        index: typeof label === "string" ? place : label[0],
        label: typeof label === "string" ? label : label[1],
        wordnetId: "",
        probability: 0.5,
      })),
    } as Answer;
  }
  return picture;
}

const rowsOf = (tsv: string) =>
  tsv
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));

const CAT = pictureOf("holiday.JPG", ["tiger cat", "tabby", "lynx", "fox"]);
const FAILED = pictureOf("x.png", [], {
  name: "failed",
  failure: { kind: "busy", message: "" },
});

describe("matches", () => {
  test.each([
    ["", true],
    ["  ", true],
    ["TIGER", true],
    ["lynx", true],
    ["holiday.jpg", true],
    ["fox", false],
    ["dog", false],
  ])("finds a cat by %j: %s", (text, found) => {
    expect(matches(CAT, { ...NO_FILTER, text })).toBe(found);
  });

  test("finds Chinese names", () => {
    const picture = pictureOf("1.jpg", ["虎纹猫"]);

    expect(matches(picture, { ...NO_FILTER, text: "猫" })).toBe(true);
  });

  test("finds all dogs by what they are", () => {
    const beagle = pictureOf("1.jpg", ["beagle", "tabby"]);
    const kindsOf = ({ label }: { label: string }) =>
      label === "beagle" ? ["dog", "狗"] : ["cat", "猫"];
    const found = (text: string) =>
      matches(beagle, { ...NO_FILTER, text }, kindsOf);

    expect(found("dog")).toBe(true);
    expect(found("狗")).toBe(true);
    expect(found("猫")).toBe(false);
  });

  test.each(["dog", "狗"])("finds each breed that there is by %s", (text) => {
    const kinds = new Map(rowsOf(groups).map(([id, , ...names]) => [id!, names]));
    const isFound = ([, id, label]: string[]) =>
      matches(
        pictureOf("1.jpg", [label!]),
        { ...NO_FILTER, text },
        () => kinds.get(id!) ?? null,
      );

    // ImageNet's 118 breeds stand together.
    const breeds = rowsOf(labels).slice(151, 269);
    expect(breeds[0]![2]).toBe("Chihuahua");
    expect(breeds.at(-1)![2]).toBe("Mexican hairless");
    expect(breeds.filter((breed) => !isFound(breed))).toEqual([]);
  });

  test("shows by what became of the picture", () => {
    const waiting = pictureOf("w.png", [], { name: "waiting" });
    const shown = (show: "answered" | "failed" | "open") =>
      [CAT, FAILED, waiting].filter((one) => matches(one, { ...NO_FILTER, show }));

    expect(shown("answered")).toEqual([CAT]);
    expect(shown("failed")).toEqual([FAILED]);
    expect(shown("open")).toEqual([waiting]);
  });
});

const NAMES: [number, string][] = [
  [968, "cup"],
  [281, "cat"],
  [207, "dog"],
  [281, "cat"],
  [968, "cup"],
  [281, "cat"],
];
const NAMED = NAMES.map((name) => pictureOf("p", [name, [281, "cat"]]));

test("names that several pictures share are counted, most frequent first", () => {
  expect(frequentNames([...NAMED, FAILED], 8)).toEqual([
    { index: 281, label: "cat", count: 3 },
    { index: 968, label: "cup", count: 2 },
  ]);
  expect(frequentNames(NAMED, 1)).toHaveLength(1);
});

test("a name's count is the number of pictures that choosing it shows", () => {
  for (const { index, count } of frequentNames(NAMED, 8)) {
    const filter = { ...NO_FILTER, first: index };
    expect(NAMED.filter((one) => matches(one, filter))).toHaveLength(count);
  }
});

test("a filter that lets everything through is none", () => {
  expect(isFiltered(NO_FILTER)).toBe(false);
  expect(isFiltered({ ...NO_FILTER, text: "  " })).toBe(false);
  expect(isFiltered({ ...NO_FILTER, first: 0 })).toBe(true);
  expect(isFiltered({ ...NO_FILTER, show: "failed" })).toBe(true);
});
