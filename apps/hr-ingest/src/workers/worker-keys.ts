import { canonicalKey, foldText } from '#libs/text/text.js';

/** A key as HR wrote it when it was first accepted, and what it names. */
export interface Holder<Value> {
  readonly key: string;
  readonly value: Value;
}

/** What keys that differ only in case, blanks or composition have in common. */
export const foldOf = (key: string): string => foldText(canonicalKey(key));

export type ResolvedKey<Value> =
  | { readonly is: 'known'; readonly holder: Holder<Value> }
  | { readonly is: 'new' }
  /** Nobody has this key; somebody has one that differs only in case. */
  | { readonly is: 'twin'; readonly first: string }
  /** Keys from before keys had one form: several are this one, and none is written like it. */
  | { readonly is: 'several'; readonly keys: readonly string[] };

/** Whom a key means, of those whose keys fold alike: the one written so, else the one of the same canonical form. */
export function resolveKey<Value>(given: string, alike: readonly Holder<Value>[]): ResolvedKey<Value> {
  const canonical = canonicalKey(given);
  const same = alike.filter(({ key }) => canonicalKey(key) === canonical);
  const [only, ...more] = same;
  const written = same.find(({ key }) => key === given) ?? same.find(({ key }) => key === canonical);
  const holder = written ?? (more.length === 0 ? only : undefined);
  if (holder !== undefined) return { is: 'known', holder };
  if (same.length > 0) return { is: 'several', keys: same.map(({ key }) => key) };
  const [first] = alike;
  return first === undefined ? { is: 'new' } : { is: 'twin', first: first.key };
}

/** What a key is stored as from here on: its canonical form, unless another holder has that. */
export function keyToStore<Value>(given: string, known: Holder<Value> | null, alike: readonly Holder<Value>[]): string {
  const canonical = canonicalKey(given);
  const taken = alike.some((other) => other !== known && canonicalKey(other.key) === canonical);
  return known !== null && taken ? known.key : canonical;
}
