import type { ExportRow } from "./rows";

const NAMES_PER_ROW = 3;
const BYTE_ORDER_MARK = "\ufeff";

const HEADER = [
  "file",
  "bytes",
  "state",
  "error",
  ...[1, 2, 3].flatMap((rank) => [
    `label_${rank}`,
    `probability_${rank}`,
    `wordnet_id_${rank}`,
  ]),
  "model",
  "model_version",
  "precision",
  "language",
  "decode_ms",
  "queue_ms",
  "inference_ms",
  "total_ms",
  "batch_size",
];

// Columns that belong together, there only where some row has them.
interface Part {
  header: readonly string[];
  fields: (row: ExportRow) => (string | number)[];
}

const VERDICT: Part = {
  header: ["expected", "right"],
  fields: ({ verdict }) =>
    verdict ? [verdict.expected, verdict.right ? "yes" : "no"] : ["", ""],
};

const OTHER: Part = {
  header: [
    "other_label_1",
    "other_probability_1",
    "other_wordnet_id_1",
    "other_model",
    "other_model_version",
    "other_precision",
    "other_total_ms",
  ],
  fields: otherFields,
};

// RFC 4180. The byte order mark makes spreadsheets read Chinese as UTF-8.
export function csvOf(rows: readonly ExportRow[]): string {
  const parts: Part[] = [
    { header: HEADER, fields },
    ...(rows.some(({ verdict }) => verdict) ? [VERDICT] : []),
    ...(rows.some(({ other }) => other) ? [OTHER] : []),
  ];
  return csvOfLines([
    parts.flatMap(({ header }) => header),
    ...rows.map((row) => parts.flatMap((part) => part.fields(row))),
  ]);
}

type Line = readonly (string | number)[];

export function csvOfLines(all: readonly Line[]): string {
  const lines = all.map((line) => line.map(csvField).join(","));
  return BYTE_ORDER_MARK + lines.join("\r\n") + "\r\n";
}

export function csvField(value: string | number): string {
  if (typeof value === "number") return String(value);
  const harmless = disarmed(value);
  return /[",\r\n]/.test(harmless)
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}

// A spreadsheet runs text that begins like a formula; a file's name can.
function disarmed(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function fields(row: ExportRow): (string | number)[] {
  const { answer } = row;
  const classes = Array.from({ length: NAMES_PER_ROW }, (_, i) => {
    const one = answer?.classes[i];
    return one ? [one.label, one.probability, one.wordnetId] : ["", "", ""];
  });
  return [
    row.file,
    row.bytes,
    row.state,
    row.error ?? "",
    ...classes.flat(),
    answer?.model ?? "",
    answer?.modelVersion ?? "",
    answer?.precision ?? "",
    answer?.language ?? "",
    answer?.timings.decodeMs ?? "",
    answer?.timings.queueMs ?? "",
    answer?.timings.inferenceMs ?? "",
    answer?.timings.totalMs ?? "",
    answer?.timings.batchSize ?? "",
  ];
}

function otherFields({ other }: ExportRow): (string | number)[] {
  const first = other?.classes[0];
  return [
    first?.label ?? "",
    first?.probability ?? "",
    first?.wordnetId ?? "",
    other?.model ?? "",
    other?.modelVersion ?? "",
    other?.precision ?? "",
    other?.timings.totalMs ?? "",
  ];
}
