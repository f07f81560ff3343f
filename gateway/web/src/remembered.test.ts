import { afterEach, expect, test, vi } from "vitest";
import { remember, remembered } from "./remembered";

afterEach(() => vi.unstubAllGlobals());

test("choices are kept under the page's own name", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });

  remember("theme", "dark");
  expect(kept.get("wanwu.theme")).toBe("dark");
  expect(remembered("theme")).toBe("dark");
  remember("theme", null);

  expect(remembered("theme")).toBeNull();
});

test("a browser without storage forgets, and nothing breaks", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new DOMException("no", "SecurityError");
    },
    setItem: () => {
      throw new DOMException("no", "QuotaExceededError");
    },
  });

  remember("theme", "dark");

  expect(remembered("theme")).toBeNull();
});
