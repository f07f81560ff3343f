import { describe, expect, test } from "vitest";
import type { Answer } from "../api/classify";
import { LabelTable } from "./label_table";

const TABLE = new LabelTable({
  languages: ["en", "zh"],
  groups: [
    ["fish", "鱼"],
    ["cat", "猫"],
  ],
  classes: [
    ["n01440764", "tench", "丁鱥", 0],
    ["n02123045", "tabby", "虎斑猫", 1],
  ],
});

const TENCH = { index: 0, label: "tench", wordnetId: "n01440764", probability: 0.7 };
const TABBY = { index: 1, label: "tabby", wordnetId: "n02123045", probability: 0.2 };
// Of a model with classes of its own.
const FOREIGN = { index: 1, label: "bolt", wordnetId: "", probability: 0.1 };
const OTHER = { ...TABBY, wordnetId: "n99999999" };

const answerWith = (...classes: Answer["classes"]) =>
  ({ classes, language: "en", model: "resnet18" }) as Answer;

describe("LabelTable", () => {
  test("names an answer in another language", () => {
    const zh = TABLE.translate(answerWith(TENCH, TABBY), "zh");

    expect(zh?.classes.map(({ label }) => label)).toEqual(["丁鱥", "虎斑猫"]);
    expect(zh).toMatchObject({ language: "zh", model: "resnet18" });
    expect(zh?.classes[0]?.probability).toBe(0.7);
    expect(TABLE.translate(zh!, "en")).toEqual(answerWith(TENCH, TABBY));
  });

  test("names no answer that has a class it does not know", () => {
    expect(TABLE.translate(answerWith(TENCH, FOREIGN), "zh")).toBeNull();
    expect(TABLE.translate(answerWith(OTHER), "zh")).toBeNull();
    expect(TABLE.translate(answerWith(TENCH), "fr")).toBeNull();
  });

  test("knows what kind of thing a class is", () => {
    expect(TABLE.groupName(TABBY, "zh")).toBe("猫");
    expect(TABLE.groupName(TENCH, "en")).toBe("fish");
    expect(TABLE.group(FOREIGN)).toBeNull();
  });
});
