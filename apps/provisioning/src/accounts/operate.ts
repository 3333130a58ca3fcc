import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { MatchingValue } from './match.js';
import type { UniqueTarget } from './unique-value.js';
import type { Attributes, ChangeReason, OperationKind } from './account.events.js';

/** An operation that is to be carried out next. */
export interface Operate {
  readonly do: 'operate';
  readonly kind: OperationKind;
  /** What it gives, changes or takes away. */
  readonly entitlement: EntitlementFields;
  readonly because: readonly string[];
  /** What a creation or update writes; null clears. Null for other kinds. */
  readonly written: Attributes | null;
  /** Of a creation: by what an account that is there already is found. */
  readonly matches?: readonly MatchingValue[];
  /** Of an update: what is written besides where the application has no value; it is not among `written` yet. */
  readonly ifEmpty?: Attributes;
  /** Of a creation: what gets a value that nobody else has; it is not among `written` yet. */
  readonly unique?: readonly UniqueTarget[];
  /** Why, where it does not serve what is desired for this person. */
  readonly reason?: ChangeReason;
}

/** An operation of the account itself, that writes nothing. */
export function operate(kind: OperationKind, because: readonly string[]): Operate {
  return { do: 'operate', kind, entitlement: { account: true }, because, written: null };
}
