import type { Picture } from "../pictures/picture";

interface Words {
  share: (probability: number) => string;
  model: (name: string, version: string, precision: string) => string;
}

// A picture's answer as lines of text, for the clipboard.
export function textOf({ name, answer }: Picture, words: Words): string {
  const now = answer.peek();
  if (!now) return name;
  const shares = now.classes.map((one) => words.share(one.probability));
  const width = Math.max(...shares.map(({ length }) => length));
  return [
    name,
    ...now.classes.map(
      ({ label }, i) => `${shares[i]!.padStart(width)}  ${label}`,
    ),
    words.model(now.model, now.modelVersion, now.precision),
  ].join("\n");
}
