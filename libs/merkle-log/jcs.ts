/** Neither JSON nor Unicode asks for anything to be done to it. */
const plain = /^[^"\\\u0000-\u001f\ud800-\udfff]*$/;

function textOf(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('JSON text must be Unicode: lone surrogate');
  return JSON.stringify(text);
}

function objectOf(members: Readonly<Record<string, unknown>>): string {
  let text = '';
  // The default order of sort is the one of RFC 8785 §3.2.3: by UTF-16 code units.
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member !== undefined) text += `${text === '' ? '' : ','}${textOf(name)}:${canonicalize(member)}`;
  }
  return `{${text}}`;
}

/**
 * Canonical JSON (RFC 8785, JCS): no white space, members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them.
 * @throws TypeError for what JSON cannot say: NaN, infinities, functions, symbols, bigints, lone surrogates. Members
 * that are `undefined` are left out, as in JSON.stringify.
 */
export function canonicalize(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return textOf(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('JSON has no NaN and no infinity');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalize(item ?? null)).join(',')}]`;
      return objectOf(value as Readonly<Record<string, unknown>>);
    default:
      throw new TypeError(`JSON has no ${typeof value}`);
  }
}
