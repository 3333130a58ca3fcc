/**
 * The values of one CSV record (RFC 4180), without blanks around them. Null when a quote is not closed, stands inside an
 * unquoted value, or is not doubled inside a quoted one.
 */
export function cellsOf(text: string): string[] | null {
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  for (let at = 0; ;) {
    const cell = cellAt(text, at);
    if (cell === null) return null;
    cells.push(cell.value);
    if (cell.end === text.length) return cells;
    at = cell.end + 1;
  }
}

/** A value, and where it ends: at a comma or at the end of the text. */
interface Cell {
  readonly value: string;
  readonly end: number;
}

function cellAt(text: string, from: number): Cell | null {
  const start = afterBlanks(text, from);
  if (text[start] === '"') return quotedAt(text, start);
  const comma = text.indexOf(',', start);
  const end = comma === -1 ? text.length : comma;
  const value = text.slice(start, end).trim();
  return value.includes('"') ? null : { value, end };
}

/** @param quote where the opening quote stands */
function quotedAt(text: string, quote: number): Cell | null {
  for (let close = text.indexOf('"', quote + 1); close !== -1; close = text.indexOf('"', close + 2)) {
    if (text[close + 1] === '"') continue;
    const end = afterBlanks(text, close + 1);
    if (end < text.length && text[end] !== ',') return null;
    return {
      value: text
        .slice(quote + 1, close)
        .replaceAll('""', '"')
        .trim(),
      end,
    };
  }
  return null;
}

/** As `trim` has them. */
const blank = /\s/;

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && blank.test(text.charAt(at))) at += 1;
  return at;
}
