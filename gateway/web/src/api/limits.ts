import type { Failure } from "./failure";

// What a limit counts. The server names it in its words only.
export type LimitUnit =
  | "bytes"
  | "memory"
  | "pixels"
  | "side"
  | "scans"
  | "scanPixels"
  | "ratio";

export interface Limit {
  unit: LimitUnit;
  limit: number;
  // What the picture has; null where the server did not tell.
  value: number | null;
}

// First match wins.
const WORDS: [RegExp, LimitUnit][] = [
  [/times the shorter/, "ratio"],
  [/bytes of memory/, "memory"],
  [/\bbytes\b/, "bytes"],
  [/longer side/, "side"],
  [/scans pass over/, "scanPixels"],
  [/\bscans\b/, "scans"],
  [/\bpixels\b/, "pixels"],
];

// The limit that a picture is over; null where it is told in no known way.
export function limitOf(failure: Failure): Limit | null {
  const limit = Number(failure.limit);
  if (!failure.limit || !Number.isFinite(limit)) return null;
  const unit = WORDS.find(([words]) => words.test(failure.message))?.[1];
  if (!unit) return null;
  const value = Number(failure.value);
  return { unit, limit, value: failure.value && value > 0 ? value : null };
}
