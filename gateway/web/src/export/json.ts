import type { ExportRow } from "./rows";

export function jsonOf(rows: readonly ExportRow[]): string {
  const pictures = rows.map(({ answer, other, verdict, ...row }) => ({
    ...row,
    ...verdict,
    ...(answer ?? {}),
    ...(other && { other }),
  }));
  return `${JSON.stringify({ pictures }, null, 2)}\n`;
}
