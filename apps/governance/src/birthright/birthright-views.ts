import type { NamedPerson } from '../names/names.exports.js';
import type { Titled } from '../policy/policy.exports.js';

/** A package that no rule gives to a person, as the API shows it. */
export interface ExclusionView {
  readonly id: string;
  readonly packageId: string;
  readonly package: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  readonly excludedBy: NamedPerson;
  readonly excludedAt: string;
  /** Exclusive. */
  readonly until: string;
  readonly status: 'active' | 'ended';
  readonly endedAt: string | null;
  /** Why it ended; null while it lasts. */
  readonly code: 'expired' | 'ended_early' | null;
  readonly reason: string | null;
}

/** What a rule gives to a person, and separation of duties withholds. */
export interface WithheldView {
  readonly id: string;
  readonly packageId: string;
  readonly package: Titled;
  readonly identityId: string;
  readonly identity: NamedPerson;
  readonly ruleId: string;
  readonly rule: Titled;
  readonly because: readonly {
    /** Of a separation rule, or `package:<id>` for what a package says by `incompatibleWith`. */
    readonly rule: string;
    readonly packages: readonly Titled[];
  }[];
  readonly withheldAt: string;
  /** Since when it is given, or no rule gives it any more; null: it is withheld. */
  readonly endedAt: string | null;
}
