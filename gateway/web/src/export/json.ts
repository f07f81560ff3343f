import type { ExportRow } from "./rows";

export function jsonOf(rows: readonly ExportRow[]): string {
  const pictures = rows.map(({ answer, other, ...row }) => ({
    ...row,
    ...(answer ?? {}),
    ...(other && { other }),
  }));
  return `${JSON.stringify({ pictures }, null, 2)}\n`;
}
