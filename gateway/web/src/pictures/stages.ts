import type { Timings } from "../api/classify";

export interface Stage {
  name: "decode" | "queue" | "inference" | "other";
  ms: number;
  // Of the whole, 0 … 1.
  share: number;
}

// What is left over is shown only where it is worth a word.
const OTHER_FROM_SHARE = 0.03;

export function stagesOf(timings: Timings): Stage[] {
  const known = timings.decodeMs + timings.queueMs + timings.inferenceMs;
  const whole = Math.max(timings.totalMs, known);
  const share = (ms: number) => (whole > 0 ? ms / whole : 0);
  const stage = (name: Stage["name"], ms: number): Stage => ({
    name,
    ms,
    share: share(ms),
  });
  const stages = [
    stage("decode", timings.decodeMs),
    stage("queue", timings.queueMs),
    stage("inference", timings.inferenceMs),
  ];
  const other = whole - known;
  if (share(other) >= OTHER_FROM_SHARE) stages.push(stage("other", other));
  return stages;
}
