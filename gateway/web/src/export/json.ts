import type { ExportRow } from "./rows";

export function jsonOf(rows: readonly ExportRow[]): string {
  const pictures = rows.map(({ answer, ...row }) => ({
    ...row,
    ...(answer ?? {}),
  }));
  return `${JSON.stringify({ pictures }, null, 2)}\n`;
}
