import { describe, expect, test } from "vitest";
import { snippet, SNIPPETS, type Settings } from "./snippets";

const SETTINGS: Settings = {
  origin: "http://127.0.0.1:8501",
  model: "",
  language: "zh",
  topK: 5,
};

describe("snippet", () => {
  test.each(SNIPPETS)("%s has the present settings", (name) => {
    const text = snippet(name, { ...SETTINGS, model: "vit_small" });

    expect(text).toContain("picture.jpg");
    expect(text).toMatch(/top_k"?[=:]5/);
    expect(text).toMatch(/language_code"?[=:]"?zh/);
    expect(text).toMatch(/model"?[=:]"?vit_small/);
    expect(snippet(name, SETTINGS)).not.toMatch(/[?&"]model/);
  });

  test("curl is one line that a shell takes as it is", () => {
    expect(snippet("curl", SETTINGS)).toBe(
      "curl --data-binary @picture.jpg " +
        "'http://127.0.0.1:8501/v1/classify?top_k=5&language_code=zh'",
    );
    const hostile = snippet("curl", { ...SETTINGS, model: "a'; ls #" });
    expect(hostile.match(/'/g)).toHaveLength(2);
  });

  test("grpcurl keeps quotes within its quotes, and leaves TLS to https", () => {
    const hostile = snippet("grpcurl", { ...SETTINGS, model: "it's" });
    expect(hostile).toContain(`"model":"it'\\''s"`);
    expect(hostile).toContain("-plaintext");
    const secure = { ...SETTINGS, origin: "https://wanwu.example" };
    expect(snippet("grpcurl", secure)).not.toContain("-plaintext");
    expect(snippet("grpcurl", secure)).toContain("wanwu.example:8500");
  });
});
