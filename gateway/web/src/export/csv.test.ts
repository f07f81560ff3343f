import { describe, expect, test } from "vitest";
import { csvField, csvOf } from "./csv";
import { jsonOf } from "./json";
import type { ExportRow } from "./rows";

const ANSWERED: ExportRow = {
  file: "cat, big.jpg",
  bytes: 1200,
  state: "answered",
  error: null,
  answer: {
    classes: [
      { index: 282, label: "虎纹猫", wordnetId: "n02123159", probability: 0.5 },
    ],
    model: "resnet18",
    modelVersion: "1",
    precision: "int8",
    language: "zh",
    timings: {
      decodeMs: 2.5,
      queueMs: 0,
      inferenceMs: 5,
      totalMs: 7.5,
      batchSize: 2,
    },
  },
  other: null,
  verdict: null,
};

const FAILED: ExportRow = {
  file: "=HYPERLINK(1).png",
  bytes: 3,
  state: "failed",
  error: 'not "a" picture',
  answer: null,
  other: null,
  verdict: null,
};

describe("csvField", () => {
  test.each([
    ["plain", "plain"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\nlines", '"two\nlines"'],
    ["", ""],
    [0.425, "0.425"],
    [-1, "-1"],
  ])("writes %j as %j", (value, field) => {
    expect(csvField(value)).toBe(field);
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"])(
    "keeps %j from running as a formula",
    (text) => {
      expect(csvField(text).replace(/^"/, "")).toMatch(/^'/);
    },
  );
});

describe("csvOf", () => {
  const lines = csvOf([ANSWERED, FAILED]).split("\r\n");

  test("marks itself as UTF-8 and ends every line", () => {
    expect(lines[0]).toMatch(/^\ufefffile,bytes,/);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toBe("");
  });

  test("has as many fields in every line", () => {
    expect(lines[1]).toBe(
      '"cat, big.jpg",1200,answered,,虎纹猫,0.5,n02123159,,,,,,,' +
        "resnet18,1,int8,zh,2.5,0,5,7.5,2",
    );
    expect(lines[2]).toBe(
      '\'=HYPERLINK(1).png,3,failed,"not ""a"" picture"' + ",".repeat(18),
    );
  });

  test("has what the folder says where folders are called like classes", () => {
    const judged = { ...ANSWERED, verdict: { expected: "cats", right: true } };
    const [head, one, two] = csvOf([judged, FAILED]).split("\r\n");
    expect(head).toMatch(/,batch_size,expected,right$/);
    expect(one).toMatch(/,2,cats,yes$/);
    expect(two).toMatch(/,{20}$/);
  });

  test("has the other model's first name where there is one", () => {
    const compared = { ...ANSWERED, other: ANSWERED.answer };
    const [head, one, two] = csvOf([compared, FAILED]).split("\r\n");
    expect(head).toMatch(/,batch_size,other_label_1,.*,other_total_ms$/);
    expect(one).toMatch(/,2,虎纹猫,0\.5,n02123159,resnet18,1,int8,7\.5$/);
    expect(two).toMatch(/,{25}$/);
  });
});

test("JSON carries everything, and can be read back", () => {
  const { pictures } = JSON.parse(jsonOf([ANSWERED, FAILED])) as {
    pictures: Record<string, unknown>[];
  };

  expect(pictures[0]).toMatchObject({
    file: "cat, big.jpg",
    model: "resnet18",
    classes: [{ label: "虎纹猫" }],
  });
  expect(pictures[1]).toMatchObject({ state: "failed", error: 'not "a" picture' });
});
