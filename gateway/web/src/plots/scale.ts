// The smallest "round" number (1, 2 or 5 times a power of ten) that is at least
// `value`: where a plot's axis ends.
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => value <= one * power * (1 + 1e-9));
  return (step ?? 10) * power;
}
