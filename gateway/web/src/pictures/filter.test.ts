import { describe, expect, test } from "vitest";
import type { Answer } from "../api/classify";
import { frequentNames, matches } from "./filter";
import { makePicture, type Picture, type PictureState } from "./picture";

function pictureOf(
  name: string,
  labels: string[],
  state: PictureState = { name: "answered" },
): Picture {
  const picture = makePicture(1, { name, file: new Blob() });
  picture.state.value = state;
  if (labels.length > 0) {
    picture.answer.value = {
      classes: labels.map((label, index) => ({
        index,
        label,
        wordnetId: "",
        probability: 0.5,
      })),
    } as Answer;
  }
  return picture;
}

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
    expect(matches(CAT, { text, show: "all" })).toBe(found);
  });

  test("finds Chinese names", () => {
    const picture = pictureOf("1.jpg", ["虎纹猫"]);

    expect(matches(picture, { text: "猫", show: "all" })).toBe(true);
  });

  test("shows by what became of the picture", () => {
    const waiting = pictureOf("w.png", [], { name: "waiting" });
    const shown = (show: "answered" | "failed" | "open") =>
      [CAT, FAILED, waiting].filter((one) => matches(one, { text: "", show }));

    expect(shown("answered")).toEqual([CAT]);
    expect(shown("failed")).toEqual([FAILED]);
    expect(shown("open")).toEqual([waiting]);
  });
});

test("names that several pictures share are counted, most frequent first", () => {
  const pictures = ["cup", "cat", "dog", "cat", "cup", "cat"].map((label) =>
    pictureOf("p", [label, "other"]),
  );

  expect(frequentNames([...pictures, FAILED], 8)).toEqual([
    { label: "cat", count: 3 },
    { label: "cup", count: 2 },
  ]);
  expect(frequentNames(pictures, 1)).toHaveLength(1);
});
