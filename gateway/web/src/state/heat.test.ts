import { expect, test } from "vitest";
import { parseAnswer } from "../api/classify";
import { makePicture } from "../pictures/picture";
import { forgetHeat, heatOf, measureHeat } from "./heat";

const BODY = '{"classifications":[{"index":1,"label":"cat","probability":0.5}]}';
const INPUT = { side: 224, resizeTo: 256 };

function answeredPicture() {
  const picture = makePicture(1, { name: "cat.jpg", file: new Blob(["x"]) });
  picture.answer.value = parseAnswer(BODY, "en");
  return picture;
}

test("a map is of one picture, and goes with the answer that it is about", async () => {
  const picture = answeredPicture();
  // Nothing is drawn here, so it fails; that is shown in its place.
  await measureHeat(picture, INPUT);
  expect(heatOf(picture)?.failed).toBe(true);
  expect(heatOf(answeredPicture())).toBeNull();

  picture.answer.value = parseAnswer(BODY, "zh");
  expect(heatOf(picture)).toBeNull();
});

test("what is under way is forgotten, and does not come back", async () => {
  const picture = answeredPicture();
  const measured = measureHeat(picture, INPUT);
  expect(heatOf(picture)?.asked).toBe(0);
  forgetHeat();
  await measured;
  expect(heatOf(picture)).toBeNull();
});
