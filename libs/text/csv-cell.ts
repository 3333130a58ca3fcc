/** A CSV cell that no spreadsheet takes for a formula: a leading = + - @ tab or CR gets a quote before it. */
export function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r\0]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
