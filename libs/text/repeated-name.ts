/** A string, with a colon if it is a name; or a bracket. Linear, also for a string without an end. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/gs;

/**
 * The first name that one object of a JSON text has twice, as a JSON pointer; null if there is none. `JSON.parse` keeps the last of them
 * without a word, and other programs the first.
 * @param json valid JSON
 */
export function repeatedName(json: string): string | null {
  const above: (Names | null)[] = [];
  for (const [text, colon] of json.matchAll(token)) {
    if (text === '{') above.push({ known: new Set(), last: '' });
    else if (text === '[') above.push(null);
    else if (text === '}' || text === ']') above.pop();
    else if (colon !== undefined && isKnown(above.at(-1), text)) return pointerOf(above);
  }
  return null;
}

/** The names of one object so far. */
interface Names {
  readonly known: Set<string>;
  last: string;
}

function isKnown(names: Names | null | undefined, text: string): boolean {
  if (!names) return false;
  names.last = String(JSON.parse(text.slice(0, text.lastIndexOf('"') + 1)));
  const { size } = names.known;
  return names.known.add(names.last).size === size;
}

/** List entries have no name here: the object in them does. */
const pointerOf = (above: readonly (Names | null)[]): string =>
  above.flatMap((names) => (names === null ? [] : [`/${names.last}`])).join('');
