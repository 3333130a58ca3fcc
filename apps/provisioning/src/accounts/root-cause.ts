/** Parts of an application's words that differ from one account to the other, in the order in which they are replaced. */
const variable: readonly RegExp[] = [
  /https?:\/\/\S+/g,
  /[\w.+-]+@[\w.-]+\w/g,
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
  /"[^"]*"|'[^']*'|«[^»]*»|“[^”]*”|`[^`]*`/g,
  /\b(?=\w*\d)\w+\b/g,
];
/** Longer words of one cause differ only in their end. */
const mostLength = 200;

/** The words of an application without the parts that vary: equal for accounts that failed for the same reason. */
export function rootCause(code: string, words: string): string {
  const fixed = variable.reduce((text, part) => text.replace(part, '…'), words);
  const short = fixed
    .replace(/\s+/g, ' ')
    .replace(/(?:…[\s,;:]*)+/g, '… ')
    .trim()
    .toLowerCase()
    .slice(0, mostLength);
  return short === '' ? code : `${code}: ${short}`;
}
