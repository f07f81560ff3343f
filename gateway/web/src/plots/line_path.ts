import type { Point } from "../server/status_window";

export interface Frame {
  width: number;
  height: number;
  // Milliseconds that the width stands for.
  span: number;
  // Value at the top.
  top: number;
}

const round = (value: number) => Math.round(value * 10) / 10;

export function xOf(frame: Frame, age: number): number {
  return round(frame.width * (1 + age / frame.span));
}

export function yOf(frame: Frame, value: number): number {
  return round(frame.height * (1 - value / frame.top));
}

// SVG path data of a line that breaks where there is no value. A lone value
// becomes a dot (a line of no length with round caps).
export function linePath(points: readonly Point[], frame: Frame): string {
  let path = "";
  let open = false;
  for (const { age, value } of points) {
    if (value === null) {
      open = false;
      continue;
    }
    const at = `${xOf(frame, age)} ${yOf(frame, value)}`;
    path += open ? `L${at}` : `M${at}h0`;
    open = true;
  }
  return path;
}

// The area under a line without gaps, from the first point to the last.
export function areaPath(points: readonly Point[], frame: Frame): string {
  const known = points.filter(({ value }) => value !== null);
  const first = known[0];
  const last = known.at(-1);
  if (!first || !last) return "";
  const line = known.map(
    ({ age, value }) => `L${xOf(frame, age)} ${yOf(frame, value ?? 0)}`,
  );
  return `M${xOf(frame, first.age)} ${frame.height}${line.join("")}L${xOf(frame, last.age)} ${frame.height}Z`;
}
