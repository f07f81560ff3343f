import { describe, expect, test } from "vitest";
import type { Answer } from "../api/classify";
import { groupPictures, sortPictures, type Sorting } from "./arrangement";
import { isUnsurePicture } from "./certainty";
import { makePicture, type Picture } from "./picture";

function pictureOf(
  file: string,
  label?: string,
  probability = 0,
  totalMs = 0,
): Picture {
  const picture = makePicture(1, { name: file, file: new Blob() });
  if (label) {
    picture.state.value = { name: "answered" };
    picture.answer.value = {
      classes: [{ index: 0, label, wordnetId: "", probability }],
      timings: { totalMs },
    } as Answer;
  }
  return picture;
}

const PICTURES = [
  pictureOf("d.jpg", "pug", 0.4, 12),
  pictureOf("b.jpg"),
  pictureOf("c.jpg", "tabby", 0.9, 8),
  pictureOf("a.jpg", "beagle", 0.2, 30),
  pictureOf("e.jpg", "pug", 0.6, 9),
];

const files = (pictures: readonly Picture[]) =>
  pictures.map(({ name }) => name[0]).join("");
const compareText = (a: string, b: string) => a.localeCompare(b);

describe("sortPictures", () => {
  test.each<[Sorting, string]>([
    ["added", "dbcae"],
    ["certain", "cedab"],
    ["uncertain", "adecb"],
    ["name", "adecb"],
    ["file", "abcde"],
    ["slow", "adecb"],
  ])("by %s: %s", (sorting, order) => {
    expect(files(sortPictures(PICTURES, sorting, compareText))).toBe(order);
    expect(files(PICTURES)).toBe("dbcae");
  });
});

describe("groupPictures", () => {
  const kindOf = ({ label }: { label: string }) =>
    label === "tabby" ? "cat" : "dog";
  const shown = (grouping: "none" | "name" | "kind") =>
    groupPictures(PICTURES, grouping, kindOf).map(
      ({ title, pictures }) => `${title}: ${files(pictures)}`,
    );

  test("makes the largest group the first, and the nameless the last", () => {
    expect(shown("name")).toEqual([
      "pug: de",
      "tabby: c",
      "beagle: a",
      "null: b",
    ]);
    expect(shown("kind")).toEqual(["dog: dae", "cat: c", "null: b"]);
  });

  test("leaves all together where nothing is to be grouped", () => {
    expect(shown("none")).toEqual(["null: dbcae"]);
  });
});

test("a picture whose first name is below 35 % is unsure", () => {
  expect(PICTURES.map(isUnsurePicture)).toEqual([
    false,
    false,
    false,
    true,
    false,
  ]);
});
