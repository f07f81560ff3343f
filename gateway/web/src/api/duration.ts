const DURATION = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/;

// Milliseconds of a proto3 JSON duration such as "0.0123s"; null for anything
// else.
export function durationMs(text: string | undefined): number | null {
  const match = DURATION.exec(text ?? "");
  if (!match) return null;
  const [, sign, seconds, fraction = ""] = match;
  const nanos = Number(seconds) * 1e9 + Number(fraction.padEnd(9, "0"));
  const ms = nanos / 1e6;
  return sign ? -ms : ms;
}
