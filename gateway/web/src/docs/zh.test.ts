import { expect, test } from "vitest";
import openapi from "../../../api/openapi.json";
import { en } from "../i18n/en";
import { DOCS_ZH } from "./zh";

function textsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsOf);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    (key === "description" || key === "summary") && typeof value === "string"
      ? [value]
      : textsOf(value),
  );
}

const texts = new Set(textsOf(openapi));

test("every text of the API's description has its Chinese", () => {
  expect(texts.size).toBeGreaterThan(30);
  expect([...texts].filter((text) => !(text in DOCS_ZH))).toEqual([]);
});

test("Chinese is kept only for texts that there are", () => {
  expect(Object.keys(DOCS_ZH).filter((text) => !texts.has(text))).toEqual([]);
});

test("every error of the description has a name", () => {
  const statuses = new Set<string>();
  for (const item of Object.values(openapi.paths)) {
    for (const operation of Object.values(item) as unknown[]) {
      const { responses } = operation as { responses?: object };
      for (const status of Object.keys(responses ?? {})) statuses.add(status);
    }
  }
  const errors = [...statuses].filter((status) => !status.startsWith("2"));
  expect(errors.length).toBeGreaterThan(5);
  expect(errors.filter((status) => !(`docs.status.${status}` in en))).toEqual([]);
});
