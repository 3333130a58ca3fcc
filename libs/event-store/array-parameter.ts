/** Nothing in it needs an escape. */
const simple = /^[^"\\]*$/;
/** What JSON escapes and an array literal does not: control characters, and lone surrogates among all others. */
const unlikeJson = /[\u0000-\u001f\ud800-\udfff]/;

function element(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value);
  if (simple.test(value)) return `"${value}"`;
  // A quoted element escapes quotes and backslashes by a backslash, as JSON does; JSON.stringify is native and several times faster.
  return unlikeJson.test(value) ? `"${value.replace(/[\\"]/g, '\\$&')}"` : JSON.stringify(value);
}

/**
 * An array of texts, numbers, booleans and nulls as PostgreSQL reads it in text (manual §8.15.2), `undefined` if the
 * array holds anything else, which the driver writes in its own, slower way.
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

const textOid = 25;
const headBytes = 20;

/**
 * A `text[]` as PostgreSQL receives it in binary (array_recv in arrayfuncs.c): nothing is escaped here and nothing is
 * parsed there, which together cost a tenth of the time where pages of messages are written. `undefined` if an element
 * is neither text nor null.
 */
export function binaryTextArray(values: readonly unknown[]): Buffer | undefined {
  let bytes = headBytes;
  for (const value of values) {
    if (value !== null && typeof value !== 'string') return undefined;
    bytes += 4 + (value === null ? 0 : Buffer.byteLength(value));
  }
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeInt32BE(values.length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(textOid, 8);
  if (values.length === 0) return buffer.subarray(0, 12);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  let at = headBytes;
  for (const value of values as readonly (string | null)[]) {
    const length = value === null ? -1 : buffer.write(value, at + 4);
    buffer.writeInt32BE(length, at);
    at += 4 + Math.max(0, length);
  }
  return buffer;
}
