import { entitlementOf, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { takenBy } from '#libs/contracts/operation-effects.js';
import type { FailureTerms } from '#libs/outgoing/failure.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import type { OperationKind } from '../../accounts/accounts.exports.js';
import { backoffMs } from './backoff.js';

/** One kind of call; additions of different entitlements are different kinds. */
export interface CallKind {
  readonly kind: OperationKind;
  readonly entitlement: EntitlementFields;
}

interface Refused {
  readonly status: number;
  /** Accounts refused with no success of that kind between. */
  readonly accounts: Set<string>;
  /** How often it was held since the last success; 0 if it is not held. */
  held: number;
  untilMs: number;
  /** The account that tries it now, and since when; null for none. */
  trial: { readonly identityId: string; readonly atMs: number } | null;
}

/** A kind of call that was refused, as it is kept over a restart. */
export interface KeptRefusal {
  readonly call: string;
  readonly status: number;
  /** Times it was held since the last success; 0 while it is not. */
  readonly held: number;
  readonly accounts: readonly string[];
}

/** Number of accounts with the same refusal before the kind of call is held. */
const alike = 5;
/** A trial without an outcome for this time is over, in milliseconds. */
const longestTrialMs = 2 * callTimeoutMs;

/**
 * Kinds of call that the application refuses for one account after the other, although it can be read. Such a kind is
 * held; one account at a time, another each time, tries it. All other calls continue.
 */
export class Refusals {
  private readonly kinds = new Map<string, Refused>();

  constructor(
    private readonly nowMs: () => number,
    private readonly chance: () => number,
    /** Called for each kind that changed, but not for one that works again: its refused accounts are released first. */
    private readonly changed: (call: string) => void = () => undefined,
  ) {}

  /** Restores what another process stored: a held kind is tried again at once, by one account. */
  restore(kept: readonly KeptRefusal[]): void {
    for (const { call, status, held, accounts } of kept)
      this.kinds.set(call, { status, held, accounts: new Set(accounts), untilMs: 0, trial: null });
  }

  /** Kinds that are held now, with the status they are refused with. */
  get held(): readonly { readonly call: string; readonly status: number }[] {
    return [...this.kinds].filter(([, { held }]) => held > 0).map(([call, { status }]) => ({ call, status }));
  }

  /** When this account may make such a call; null for now, and if the kind is held, as its trial. */
  waitUntilMs(call: CallKind, identityId: string): number | null {
    const refused = this.kinds.get(nameOf(call));
    if (refused === undefined || refused.held === 0) return null;
    const { trial, untilMs } = refused;
    const nowMs = this.nowMs();
    const free = trial === null || trial.identityId === identityId || nowMs - trial.atMs > longestTrialMs;
    if (!free || nowMs < untilMs) return Math.max(untilMs, nowMs) + this.spreadMs(refused);
    refused.trial = { identityId, atMs: nowMs };
    return null;
  }

  /**
   * Records the outcome of such a call.
   * @returns the accounts that were refused before, if the kind works again; otherwise none
   */
  record(call: CallKind, identityId: string, failure: FailureTerms | null): readonly string[] {
    const name = nameOf(call);
    if (failure === null) return this.works(name);
    const refused = this.kinds.get(name);
    if (refused?.trial?.identityId === identityId) refused.trial = null;
    // Removals are always tried.
    if (takenBy(call.kind) !== null || !isRefusal(failure)) return [];
    this.refuse(name, identityId, failure.status ?? 0);
    this.changed(name);
    return [];
  }

  /** @returns the accounts that were refused while the kind was held */
  private works(name: string): readonly string[] {
    const refused = this.kinds.get(name);
    if (refused === undefined) return [];
    this.kinds.delete(name);
    if (refused.held > 0) return [...refused.accounts];
    this.changed(name);
    return [];
  }

  /** What is to be kept of a kind; null while it works. */
  kept(name: string): KeptRefusal | null {
    const refused = this.kinds.get(name);
    if (refused === undefined) return null;
    const { status, held, accounts } = refused;
    return { call: name, status, held, accounts: [...accounts] };
  }

  isHeld(call: CallKind): boolean {
    return (this.kinds.get(nameOf(call))?.held ?? 0) > 0;
  }

  private refuse(name: string, identityId: string, status: number): void {
    const known = this.kinds.get(name);
    const refused =
      known?.status === status
        ? known
        : { status, accounts: new Set<string>(), held: known?.held ?? 0, untilMs: known?.untilMs ?? 0, trial: null };
    this.kinds.set(name, refused);
    refused.accounts.add(identityId);
    if (refused.accounts.size < alike && refused.held === 0) return;
    // Calls from before the hold say nothing new.
    if (this.nowMs() < refused.untilMs) return;
    refused.held += 1;
    refused.untilMs = this.nowMs() + backoffMs(refused.held, this.chance());
  }

  /** Accounts come back at different times, so that the next trial is another account. */
  private spreadMs({ held }: Refused): number {
    return backoffMs(held + 1, this.chance());
  }
}

/** The application understood the call and refuses it. A conflict (409) concerns one account only. */
function isRefusal({ class: kind, status }: FailureTerms): boolean {
  return kind === 'validation' && status !== null && status >= 400;
}

/** As it is stored and shown. */
export function nameOf({ kind, entitlement }: CallKind): string {
  const { name } = entitlementOf('', entitlement);
  return name === null ? kind : `${kind} ${name}`;
}
