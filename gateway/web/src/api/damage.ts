// What can be wrong with a picture that has an answer all the same.
export type DamageKind =
  | "missingData"
  | "corruptData"
  | "restartMarkers"
  | "scanParameters"
  | "checksums"
  | "strayBytes"
  | "segmentLength"
  | "emptyPicture"
  | "unknownVersion"
  | "noEnd"
  | "afterPicture";

export interface Damage {
  kind: DamageKind;
  count: number;
}

// The server names it in its words only.
const WORDS: [RegExp, DamageKind][] = [
  [/data is missing/, "missingData"],
  [/data is corrupt/, "corruptData"],
  [/restart markers/, "restartMarkers"],
  [/scan's parameters/, "scanParameters"],
  [/wrong checksum/, "checksums"],
  [/stray byte/, "strayBytes"],
  [/segment's length/, "segmentLength"],
  [/empty picture/, "emptyPicture"],
  [/version of the format/, "unknownVersion"],
  [/end of the file/, "noEnd"],
  [/follows the picture/, "afterPicture"],
];

// Null for a warning that this page does not know.
export function damageOf(warning: string): Damage | null {
  const kind = WORDS.find(([words]) => words.test(warning))?.[1];
  return kind ? { kind, count: parseInt(warning, 10) || 1 } : null;
}
