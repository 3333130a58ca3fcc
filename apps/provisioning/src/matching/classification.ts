import type { NonPersonKind } from '../connectors/connectors.exports.js';
import type { KnownPerson } from './known-people.store.js';

/** Whose an observed account is. */
export type Classification =
  /** One person's. */
  | 'matched'
  /** It may be of several people, or its person has several accounts: somebody must say. */
  | 'ambiguous'
  /** Nobody is known whose it could be. */
  | 'person-without-match'
  /** Of a service, shared, built in, or of a vendor. */
  | 'not-a-person'
  /** It may be used, and its person has left. */
  | 'ghost';

export const classifications: readonly Classification[] = [
  'matched',
  'ambiguous',
  'person-without-match',
  'not-a-person',
  'ghost',
];

/** What was decided of an account: whose it is, that it is nobody's, or that a person must look again. */
export type OwnershipDecision = 'person' | 'not-a-person' | 'open';

export interface Ownership {
  readonly decision: OwnershipDecision;
  readonly identityId: string | null;
  readonly kind: NonPersonKind | null;
}

/**
 * By what an account was found to be somebody's: `rank` is the place of the rule, the lowest first. Several candidates where
 * one value is that of several people.
 */
export interface Match {
  readonly rule: string;
  readonly rank: number;
  readonly candidates: readonly string[];
}

/** Ranks before those of the connector's rules. */
export const ranks = { decided: -2, kept: -1 } as const;

/** Another account, of the same person. */
export interface Rival {
  readonly no: number;
  readonly rank: number;
}

export interface Classified {
  readonly classification: Classification;
  /** The person whose it is; null for none, or several. */
  readonly identity: string | null;
  /** Stable, for programs. */
  readonly why: string;
  /** People whose it may be. */
  readonly candidates: readonly string[];
}

export interface Circumstances {
  /** Of the account. */
  readonly no: number;
  readonly active: boolean | null;
  /** It is no person's, by a rule or a list of the connector. */
  readonly nonPerson: NonPersonKind | null;
  readonly ownership: Ownership | null;
  readonly match: Match | null;
  /** All accounts that are found for the same person, this one too. */
  readonly sameOwner: readonly Rival[];
  readonly person: KnownPerson | null;
  /** `YYYY-MM-DD` */
  readonly today: string;
}

/** Whose is this account? What a person decided goes first, then what the connector says, then what was found. */
export function classify(circumstances: Circumstances): Classified {
  const { ownership, nonPerson, match } = circumstances;
  if (ownership?.decision === 'not-a-person') return nobodys(`decided-${ownership.kind ?? 'service'}`);
  if (nonPerson !== null && ownership === null) return nobodys(nonPerson);
  if (match === null)
    return { classification: 'person-without-match', identity: null, why: 'no-rule-matches', candidates: [] };
  if (ownership?.decision === 'open') return disputed('asked-again', match.candidates);
  if (match.candidates.length > 1) return disputed('several-people', match.candidates);
  return ofOne(circumstances, match);
}

function ofOne({ no, sameOwner, person, active, today }: Circumstances, match: Match): Classified {
  const [identity = null] = match.candidates;
  const best = Math.min(match.rank, ...sameOwner.map(({ rank }) => rank));
  if (match.rank > best) return disputed('person-has-another-account', match.candidates);
  if (sameOwner.some((one) => one.no !== no && one.rank === match.rank))
    return disputed('several-accounts', match.candidates);
  const hasLeft = person?.status === 'inactive' && person.hireDate <= today;
  const isGhost = hasLeft && active !== false;
  return { classification: isGhost ? 'ghost' : 'matched', identity, why: match.rule, candidates: [] };
}

const nobodys = (why: string): Classified => ({ classification: 'not-a-person', identity: null, why, candidates: [] });
const disputed = (why: string, candidates: readonly string[]): Classified => ({
  classification: 'ambiguous',
  identity: null,
  why,
  candidates,
});
