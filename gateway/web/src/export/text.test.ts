import { expect, test } from "vitest";
import { parseAnswer } from "../api/classify";
import { makePicture } from "../pictures/picture";
import { textOf } from "./text";

const WORDS = {
  share: (probability: number) => `${probability * 100} %`,
  model: (...parts: string[]) => parts.join(" "),
};

test("an answer is text with its shares in a column", () => {
  const picture = makePicture(1, { name: "a/cat.jpg", file: new Blob(["x"]) });
  expect(textOf(picture, WORDS)).toBe("a/cat.jpg");
  const classifications = [
    { index: 1, label: "cat", probability: 0.75 },
    { index: 2, label: "lynx", probability: 0.05 },
  ];
  const model = { model: "m", modelVersion: "1", precision: "int8" };
  picture.answer.value = parseAnswer(
    JSON.stringify({ classifications, ...model }),
    "en",
  );

  expect(textOf(picture, WORDS)).toBe(
    "a/cat.jpg\n75 %  cat\n 5 %  lynx\nm 1 int8",
  );
});
