import { expect, test } from "vitest";
import { parseAnswer } from "../api/classify";
import { makePicture } from "../pictures/picture";
import { rowsOf } from "./rows";

test("probabilities have no more digits than they mean", () => {
  const picture = makePicture(1, { name: "a/IMG_1.jpg", file: new Blob(["x"]) });
  const classifications = [{ index: 1, probability: 0.5031372308731079 }];
  picture.answer.value = parseAnswer(JSON.stringify({ classifications }), "en");

  const [row] = rowsOf([picture]);

  expect(row).toMatchObject({ file: "a/IMG_1.jpg", bytes: 1 });
  expect(row!.answer!.classes[0]!.probability).toBe(0.503137);
});
