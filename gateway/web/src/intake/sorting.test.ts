import { expect, test } from "vitest";
import { fileOfDataUrl } from "./dropped";
import { claimsToBePicture, found, sortFiles } from "./sorting";

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
    ["a.png", ".DS_Store", "b.txt"].map(file).map(found),
  );

  expect(pictures.map(({ name }) => name)).toEqual(["a.png"]);
  expect(leftOut).toEqual(["b.txt"]);
});

const inFolder = (webkitRelativePath: string) =>
  Object.assign(new Blob(), {
    name: webkitRelativePath.split("/").at(-1),
    webkitRelativePath,
  }) as File;

test("pictures of a folder come in the order of their names", () => {
  const paths = ["trip/b/1.jpg", "trip/a/10.jpg", "trip/a/9.jpg"];

  const { pictures } = sortFiles(paths.map(inFolder).map(found));

  expect(pictures.map(({ name }) => name)).toEqual([
    "trip/a/9.jpg",
    "trip/a/10.jpg",
    "trip/b/1.jpg",
  ]);
});

test("pictures of a folder keep the way to them in their names", () => {
  const { pictures } = sortFiles(
    ["trip/a/IMG_1.jpg", "trip/b/IMG_1.jpg"].map(inFolder).map(found),
  );

  expect(pictures.map(({ name }) => name)).toEqual([
    "trip/a/IMG_1.jpg",
    "trip/b/IMG_1.jpg",
  ]);
});

test.each([
  "https://elsewhere.example/cat.jpg",
  "data:text/html;base64,AAAA",
  "data:image/png,raw",
])("%s holds no picture", (url) => {
  expect(fileOfDataUrl(url)).toBeNull();
});
