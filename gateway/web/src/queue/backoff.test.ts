import { expect, test } from "vitest";
import { retryDelayMs } from "./backoff";

const never = () => 0;

test("doubles from half a second up to ten", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7].map((attempts) =>
    retryDelayMs(attempts, undefined, never),
  );

  expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("never comes back before the server asked for it", () => {
  expect(retryDelayMs(1, 3000, never)).toBe(3000);
  expect(retryDelayMs(1, 30_000, never)).toBe(30_000);
});

test("spreads pictures that were refused together", () => {
  expect(retryDelayMs(1, 2000, () => 1)).toBe(2500);
});
