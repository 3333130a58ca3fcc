import { canonicalKey, foldText } from '#libs/text/text.js';

/** A key as HR wrote it when it was first accepted, and what it names. */
export interface Holder<Value> {
  readonly key: string;
  readonly value: Value;
}

/** The form in which keys are compared without case, blanks and composition. */
export const foldOf = (key: string): string => foldText(canonicalKey(key));

export type ResolvedKey<Value> =
  | { readonly is: 'known'; readonly holder: Holder<Value> }
  | { readonly is: 'new' }
  /** Nobody has this key, but a key that differs only in case exists. */
  | { readonly is: 'twin'; readonly first: string }
  /** Several old keys have this canonical form, and none of them is written exactly like it. */
  | { readonly is: 'several'; readonly keys: readonly string[] };

/**
 * Finds the holder of a key among those whose keys fold to the same text: the one written exactly so, else the one with
 * the same canonical form.
 */
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

/** The stored form of a key: its canonical form, unless another holder has it. */
export function keyToStore<Value>(given: string, known: Holder<Value> | null, alike: readonly Holder<Value>[]): string {
  const canonical = canonicalKey(given);
  const taken = alike.some((other) => other !== known && canonicalKey(other.key) === canonical);
  return known !== null && taken ? known.key : canonical;
}
