import { isDeepStrictEqual } from 'node:util';
import { canonicalKey } from '#libs/text/text.js';
import type { Attributes } from './account.events.js';

/** What the application makes at a path becomes an attribute of the identity. */
export interface PullRule {
  /** Attribute path of the account; `id` for the application's own id of it. */
  readonly target: string;
  /** `email` or `custom.NAME`. */
  readonly attribute: string;
  /** The lowest goes first; what HR states has 50. */
  readonly precedence: number;
}

/** A value that was read once, and for which rule. */
export interface PulledValue {
  readonly target: string;
  readonly precedence: number;
  readonly value: string;
}

/** By attribute of the identity. */
export type Pulled = Readonly<Record<string, PulledValue>>;

const longestValue = 1_000;

/** What is known stays, under the rules of today; the others are to be read. */
export function pulling(
  rules: readonly PullRule[],
  known: Pulled,
  accountId: string | null,
): { readonly pulled: Pulled; readonly missing: readonly PullRule[] } {
  const pulled: Record<string, PulledValue> = {};
  const missing: PullRule[] = [];
  for (const rule of rules) {
    const { target, precedence, attribute } = rule;
    const before = Object.hasOwn(known, attribute) ? known[attribute] : undefined;
    const value = target === 'id' ? accountId : before?.target === target ? before.value : null;
    if (value === null) missing.push(rule);
    else pulled[attribute] = { target, precedence, value };
  }
  return { pulled, missing };
}

/** With what the application shows of them; what is no usable text is not there yet. */
export function withShown(pulled: Pulled, missing: readonly PullRule[], shown: Attributes): Pulled {
  const found = missing.flatMap(({ target, precedence, attribute }): [string, PulledValue][] => {
    const value = textOf(shown[target]);
    return value === null || !fits(attribute, value) ? [] : [[attribute, { target, precedence, value }]];
  });
  return { ...pulled, ...Object.fromEntries(found) };
}

export const isSamePull = (one: Pulled, other: Pulled): boolean => isDeepStrictEqual(one, other);

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return null;
  const text = canonicalKey(value);
  return text === '' || text.length > longestValue ? null : text;
}

const fits = (attribute: string, value: string): boolean => attribute !== 'email' || /^[^\s@]+@[^\s@]+$/.test(value);
