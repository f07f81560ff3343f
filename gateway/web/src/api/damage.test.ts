import { describe, expect, test } from "vitest";
import serverWords from "../../../../server/image/damage.cc?raw";
import { damageOf } from "./damage";

// Of damage.cc: all of its texts that are sentences.
const warnings = [...serverWords.matchAll(/"([^"\n]+ [^"\n]+)"/g)].map(
  ([, text = ""]) => text,
);

describe("damageOf", () => {
  test("knows whatever the server warns of, each as something else", () => {
    const kinds = warnings.map((warning) => damageOf(warning)?.kind);

    expect(warnings.length).toBeGreaterThan(11);
    expect(kinds).not.toContain(undefined);
    expect(new Set(kinds).size).toBe(11);
  });

  test("counts", () => {
    expect(damageOf("8 stray bytes skipped")).toEqual({
      kind: "strayBytes",
      count: 8,
    });
    expect(damageOf("the end of the file is missing")?.count).toBe(1);
  });

  test("leaves a later server's words as they are", () => {
    expect(damageOf("the moon is full")).toBeNull();
  });
});
