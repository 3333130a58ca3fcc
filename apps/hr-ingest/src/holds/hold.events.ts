import type { Fact } from '#libs/event-store/core.js';

export type HoldKind = 'leaving' | 'losing-access' | 'missing' | 'other-person' | 'repeated';

/** Why a whole import was held. */
export type HoldReason = (typeof holdReasons)[number];
const holdReasons = [
  'leaving',
  'losing-access',
  'missing',
  'empty',
  'truncated',
  'rejected',
  'shifted',
  'other-person',
  'mis-encoded',
] as const;

/** Is this, as a row holds it, such a reason? */
export const isHoldReason = (value: string): value is HoldReason => holdReasons.some((reason) => reason === value);

interface HeldData {
  /** UUID of the import, or of the row. */
  readonly hold: string;
  readonly of: 'import' | 'row';
  readonly reasons: readonly (HoldReason | HoldKind)[];
  /** How many people it is about. */
  readonly people: number;
}

/** Statements of HR are held until a person decides. */
export type HoldMade = Fact<'HoldMade', 1, HeldData>;

interface DecidedData extends HeldData {
  /** How many of `people` stay held row by row. */
  readonly remaining: number;
  /** UUID in the actor. */
  readonly decidedBy: string;
}

/** An hr-operator released them, whole or in part. */
export type HoldReleased = Fact<'HoldReleased', 1, DecidedData, { reason: { readonly reason: string } }>;
/** An hr-operator cancelled them. */
export type HoldCancelled = Fact<'HoldCancelled', 1, DecidedData, { reason: { readonly reason: string } }>;

/** Everything that can happen to held statements. Each fact has its own stream: `hold-<uuid>`. */
export type HoldEvent = HoldMade | HoldReleased | HoldCancelled;

export const holdFacts = ['HoldMade', 'HoldReleased', 'HoldCancelled'] as const satisfies readonly HoldEvent['type'][];
