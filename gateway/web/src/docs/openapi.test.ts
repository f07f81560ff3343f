import { describe, expect, test } from "vitest";
import {
  examplesOf,
  operationsOf,
  range,
  resolve,
  typeName,
  type OpenApi,
} from "./openapi";

const API: OpenApi = {
  paths: {
    "/v1/models/{model}": {
      parameters: [{ $ref: "#/components/parameters/Model" }],
      get: { summary: "One model" },
      head: { summary: "not drawn" },
    },
  },
  components: {
    parameters: { Model: { name: "model", in: "path" } },
    schemas: {
      A: { $ref: "#/components/schemas/B" },
      B: { type: "integer", example: 7 },
      Loop: { $ref: "#/components/schemas/Loop" },
    },
  },
};

describe("resolve", () => {
  test("follows references to their end", () => {
    expect(resolve(API, { $ref: "#/components/schemas/A" })).toMatchObject({
      type: "integer",
    });
  });

  test("survives references that lead nowhere or in circles", () => {
    const lost = { $ref: "#/components/schemas/Lost" };

    expect(resolve(API, lost)).toBe(lost);
    expect(resolve(API, { $ref: "#/components/schemas/Loop" })).toBeDefined();
  });
});

test("operations know the parameters of their path", () => {
  const [operation, ...others] = operationsOf(API);

  expect(others).toEqual([]);
  expect(operation).toMatchObject({
    id: "get-v1-models-model-",
    method: "GET",
    operation: { parameters: [{ name: "model" }] },
  });
});

test.each([
  [{ type: "integer", format: "int32" }, "integer (int32)"],
  [{ type: "array", items: { $ref: "#/components/schemas/B" } }, "B[]"],
  [{ type: ["string", "null"] }, "string | null"],
  [{ enum: ["en", "zh"] }, '"en" | "zh"'],
  [{ oneOf: [{ type: "string" }, { $ref: "#/x/C" }] }, "string | C"],
  [{}, "any"],
  [undefined, ""],
])("the type of %j is %j", (schema, name) => {
  expect(typeName(schema)).toBe(name);
});

test("limits read as a range", () => {
  expect(range({ minimum: 1, maximum: 1000 })).toBe("1 … 1000");
  expect(range({ minimum: 0 })).toBe("≥ 0");
  expect(range({})).toBe("");
});

test("an example comes from the body, or else from its schema", () => {
  const schema = { $ref: "#/components/schemas/B" };

  expect(examplesOf(API, { schema, example: { a: 1 } })[0]?.text).toBe(
    '{\n  "a": 1\n}',
  );
  expect(examplesOf(API, { schema })[0]?.text).toBe("7");
  expect(examplesOf(API, {})).toEqual([]);
});
