/** What JSON and an array literal escape differently: control characters and lone surrogates. */
const plain = (text: string): boolean => text.isWellFormed() && !/[\u0000-\u001f]/.test(text);

function element(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value);
  // A quoted element escapes quotes and backslashes by a backslash, as JSON does; JSON.stringify is native and several times faster.
  return plain(value) ? JSON.stringify(value) : `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * An array of texts, numbers, booleans and nulls as PostgreSQL reads it (manual §8.15.2), `undefined` if the array
 * holds anything else. The driver's own way costs a fifth of the process's time where pages of messages are written.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  const elements: string[] = [];
  for (const value of values) {
    if (value !== null && typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return undefined;
    elements.push(element(value));
  }
  return `{${elements.join(',')}}`;
}
