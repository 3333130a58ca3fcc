/**
 * Canonical JSON (RFC 8785, JCS): no white space, members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them.
 * @throws TypeError for what JSON cannot say: NaN, infinities, functions, symbols, bigints, lone surrogates. Members
 * that are `undefined` are left out, as in JSON.stringify.
 */
export function canonicalize(value: unknown): string {
  if (value === null || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('JSON has no NaN and no infinity');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('JSON text must be Unicode: lone surrogate');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalize(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    const members = value as Readonly<Record<string, unknown>>;
    let text = '';
    // The default order of sort is the one of RFC 8785 §3.2.3: by UTF-16 code units.
    for (const name of Object.keys(members).sort()) {
      if (members[name] === undefined) continue;
      text += `${text === '' ? '' : ','}${canonicalize(name)}:${canonicalize(members[name])}`;
    }
    return `{${text}}`;
  }
  throw new TypeError(`JSON has no ${typeof value}`);
}
