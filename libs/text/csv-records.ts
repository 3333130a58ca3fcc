/** The records of a file with their first lines; a quoted value may hold line ends. */
export function recordsOf(text: string): { readonly line: number; readonly text: string }[] {
  const records: { readonly line: number; readonly text: string }[] = [];
  let parts: string[] = [];
  let isOpen = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const part = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    parts.push(part);
    if (part.split('"').length % 2 === 0) isOpen = !isOpen;
    if (isOpen) continue;
    const whole = parts.join('\n');
    if (whole.trim() !== '') records.push({ line: index + 2 - parts.length, text: whole });
    parts = [];
  }
  return parts.length === 0
    ? records
    : [...records, { line: text.split('\n').length + 1 - parts.length, text: parts.join('\n') }];
}
