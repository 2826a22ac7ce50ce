/** What a chart shows as a file (RFC 4180), as careful with formulas as the API's exports are. */

export type Cell = string | number | null;

export interface Column {
  name: string;
  /** A number as people read it; files have it as it is. */
  show?: (value: number) => string;
  /** What files call it, where the unit belongs to it. */
  inFile?: string;
}

export interface Sheet {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
}

// What a spreadsheet would take for a formula, whatever invisible stands before: chalicelib/core/spreadsheets.py has the
// same signs, and of what is not seen no more than this.
const FORMULA = /^[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]*[-=+@\u2212\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]|^[\t\r\n]/u;

const quoted = (text: string): string => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

const cell = (value: Cell): string => (value === null ? "" : typeof value === "number" ? String(value) : quoted(value));

export function csv({ columns, rows }: Sheet): string {
  const lines = [columns.map((column) => quoted(column.inFile ?? column.name)), ...rows.map((row) => row.map(cell))];
  // Without the mark Excel takes "Ñ" for something else.
  return `\uFEFF${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

/** Hands a text to the browser as a file to keep. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
