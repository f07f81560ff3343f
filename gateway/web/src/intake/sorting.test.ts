import { expect, test } from "vitest";
import { fileOfDataUrl } from "./dropped";
import { claimsToBePicture, sortFiles } from "./sorting";

test.each([
  ["cat.JPG", "", true],
  ["cat", "image/png", true],
  ["cat.heic", "", true],
  ["notes.txt", "text/plain", false],
  ["archive.jpg.zip", "application/zip", false],
])("%s of type %j claims to be a picture: %s", (name, type, claim) => {
  expect(claimsToBePicture({ name, type })).toBe(claim);
});

test("hidden files are left out without a word", () => {
  const file = (name: string) => Object.assign(new Blob(), { name }) as File;

  const { pictures, leftOut } = sortFiles(
    ["a.png", ".DS_Store", "b.txt"].map(file),
  );

  expect(pictures.map(({ name }) => name)).toEqual(["a.png"]);
  expect(leftOut).toEqual(["b.txt"]);
});

test.each([
  "https://elsewhere.example/cat.jpg",
  "data:text/html;base64,AAAA",
  "data:image/png,raw",
])("%s holds no picture", (url) => {
  expect(fileOfDataUrl(url)).toBeNull();
});
