import { describe, expect, test } from "vitest";
import { en, type MessageKey } from "./en";
import { fill, formatShare, preferredLanguage } from "./language";
import { zh } from "./zh";

const keys = Object.keys(en) as MessageKey[];
const placeholders = (message: string) =>
  [...message.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("catalogues", () => {
  test("have the same messages", () => {
    expect(Object.keys(zh).sort()).toEqual([...keys].sort());
  });

  test.each(keys)("%s has the same placeholders in both, and words", (key) => {
    expect(placeholders(zh[key])).toEqual(placeholders(en[key]));
    expect(en[key].trim()).not.toBe("");
    expect(zh[key].trim()).not.toBe("");
  });

  test("Chinese has Chinese punctuation after Chinese", () => {
    for (const key of keys) expect(zh[key], key).not.toMatch(/[一-鿿][,;:!?]/);
  });
});

describe("fill", () => {
  test("puts values in their places", () => {
    expect(fill("{done} of {all}", { done: 3, all: 8 })).toBe("3 of 8");
  });

  test("leaves places without a value alone", () => {
    expect(fill("{a} {b}", { a: "{b}" })).toBe("{b} {b}");
  });
});

describe("preferredLanguage", () => {
  test.each([
    [null, ["zh-CN", "en"], "zh"],
    [null, ["zh-Hant-TW"], "zh"],
    [null, ["de-DE", "zh-CN", "en"], "zh"],
    [null, ["de-DE"], "en"],
    [null, [], "en"],
    ["en", ["zh-CN"], "en"],
    ["zh", ["en-GB"], "zh"],
    ["fr", ["zh-CN"], "zh"],
  ])("a choice of %j and a browser in %j give %s", (choice, tags, language) => {
    expect(preferredLanguage(choice, tags)).toBe(language);
  });
});

test.each([
  [0, "0.0%"],
  [0.0000012, "<0.1%"],
  [0.00099, "<0.1%"],
  [0.001, "0.1%"],
  [0.4251, "42.5%"],
  [0.999, "99.9%"],
  [0.99996, ">99.9%"],
  [1, "100.0%"],
])("a probability of %d is told as %s", (share, text) => {
  expect(formatShare(share)).toBe(text);
});
