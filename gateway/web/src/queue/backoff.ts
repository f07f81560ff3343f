export const MAX_ATTEMPTS = 8;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

// How long to wait before the next try, after `attempts` tries have failed. The
// server's own wish comes first. Up to a quarter is added at random, so that
// pictures refused together do not return together.
export function retryDelayMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  const doubled = FIRST_DELAY_MS * 2 ** (attempts - 1);
  const base = Math.max(
    retryAfterMs ?? 0,
    Math.min(doubled, LONGEST_DELAY_MS),
  );
  return Math.round(base * (1 + random() / 4));
}
