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

// The areas under the parts of a line, none where there is no value.
export function areaPath(points: readonly Point[], frame: Frame): string {
  return partsOf(points)
    .map((part) => {
      const line = part.map(({ age, value }) => `L${xOf(frame, age)} ${yOf(frame, value)}`);
      const from = xOf(frame, part[0]!.age);
      const to = xOf(frame, part.at(-1)!.age);
      return `M${from} ${frame.height}${line.join("")}L${to} ${frame.height}Z`;
    })
    .join("");
}

type Known = Point & { value: number };

function partsOf(points: readonly Point[]): Known[][] {
  const parts: Known[][] = [];
  let open: Known[] | null = null;
  for (const { age, value } of points) {
    if (value === null) {
      open = null;
      continue;
    }
    if (!open) parts.push((open = []));
    open.push({ age, value });
  }
  return parts;
}
