import type { ServerStatus } from "../api/status";

export const WINDOW_MS = 60_000;

export interface StatusSample {
  // performance.now() of its arrival.
  at: number;
  status: ServerStatus;
}

export interface Point {
  // Milliseconds before now, ≤ 0.
  age: number;
  // null: there is no figure for this moment, and a line breaks here.
  value: number | null;
}

// Two samples further apart than this have a gap between them.
const GAP_MS = 3_500;

// The samples of the last minute, with the new one.
export function withSample(
  samples: readonly StatusSample[],
  sample: StatusSample,
): StatusSample[] {
  const oldest = sample.at - WINDOW_MS;
  return [...samples.filter((one) => one.at >= oldest), sample];
}

export function series(
  samples: readonly StatusSample[],
  now: number,
  figure: (status: ServerStatus) => number | null,
): Point[] {
  const points: Point[] = [];
  let before: number | null = null;
  for (const { at, status } of samples) {
    if (now - at > WINDOW_MS) continue;
    if (before !== null && at - before > GAP_MS) {
      points.push({ age: before - now + 1, value: null });
    }
    points.push({ age: at - now, value: figure(status) });
    before = at;
  }
  // The newest figure is old: there is none for now.
  if (before !== null && now - before > GAP_MS) {
    points.push({ age: before - now + 1, value: null });
  }
  return points;
}

export interface SeriesSummary {
  latest: number | null;
  highest: number | null;
}

export function summary(points: readonly Point[]): SeriesSummary {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  return {
    latest: points.at(-1)?.value ?? null,
    highest: values.length > 0 ? Math.max(...values) : null,
  };
}

// Batches by size over the minute. Each report covers the seconds before it, so
// only reports whose seconds do not overlap are added up.
export function batchSizes(
  samples: readonly StatusSample[],
): { size: number; count: number }[] {
  const counts = new Map<number, number>();
  let covered = Infinity;
  for (const { at, status } of [...samples].reverse()) {
    if (at > covered) continue;
    covered = at - status.windowMs;
    for (const { size, count } of status.batchSizes) {
      counts.set(size, (counts.get(size) ?? 0) + count);
    }
  }
  return [...counts]
    .map(([size, count]) => ({ size, count }))
    .sort((a, b) => a.size - b.size);
}
