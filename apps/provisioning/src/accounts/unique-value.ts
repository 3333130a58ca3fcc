import { canonicalKey, foldText } from '#libs/text/text.js';

/** A target that gets the first of these values that nobody else has. */
export interface UniqueTarget {
  readonly target: string;
  /** Best first; not empty. */
  readonly candidates: readonly string[];
}

/** The best value of each, as if nobody else had any. */
export const bestOfUnique = (unique: readonly UniqueTarget[]): Readonly<Record<string, string>> =>
  Object.fromEntries(unique.flatMap(({ target, candidates: [best] }) => (best === undefined ? [] : [[target, best]])));

/** The key by which chosen values are compared: without case and invisible characters. */
export const valueKey = (value: string): string => foldText(canonicalKey(value));
