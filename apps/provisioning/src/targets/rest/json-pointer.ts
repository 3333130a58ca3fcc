/** What a JSON Pointer (RFC 6901) leads to; undefined for nothing. */
export function valueAt(document: unknown, pointer: string): unknown {
  let at = document;
  for (const part of partsOf(pointer)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
}

/** @see RFC 6901 §3 */
export const isPointer = (text: string): boolean => text === '' || (/^\//.test(text) && !/~(?![01])/.test(text));

function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
