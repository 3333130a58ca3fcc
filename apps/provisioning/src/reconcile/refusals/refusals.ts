import type { FailureTerms } from '#libs/scim/client/failure.js';
import { callTimeoutMs } from '#libs/scim/client/http-exchange.js';
import type { OperationKind } from '../../accounts/account.events.js';
import { backoffMs } from './backoff.js';

/** One kind of call; additions to different groups are different kinds. */
export interface CallKind {
  readonly kind: OperationKind;
  readonly group: string | null;
}

interface Refused {
  readonly status: number;
  /** Accounts refused with no success of that kind between. */
  readonly accounts: Set<string>;
  /** Times it was held since the last success; 0 while it is not. */
  held: number;
  untilMs: number;
  /** The account that tries it now, and since when; null when nobody does. */
  trial: { readonly identityId: string; readonly atMs: number } | null;
}

/** So many accounts refused alike tell of the kind of call; fewer, of these accounts. */
const alike = 5;
/** A trial of which nothing was heard for so long will bring nothing. */
const longestTrialMs = 2 * callTimeoutMs;
/** Never held: whoever must lose access is tried, whatever others met. */
const takesAway = new Set<OperationKind>(['disable-account', 'delete-account', 'remove-member']);

/**
 * Kinds of call that the application refuses for one account after the other while it may be read: that kind waits, and
 * one account at a time, another each time, tries it; all other calls go on.
 */
export class Refusals {
  private readonly kinds = new Map<string, Refused>();

  constructor(
    private readonly nowMs: () => number,
    private readonly chance: () => number,
  ) {}

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
   * What came of such a call.
   * @returns the accounts it had refused before, when it works again; else nobody
   */
  record(call: CallKind, identityId: string, failure: FailureTerms | null): readonly string[] {
    const name = nameOf(call);
    const refused = this.kinds.get(name);
    if (failure === null) {
      this.kinds.delete(name);
      return refused !== undefined && refused.held > 0 ? [...refused.accounts] : [];
    }
    if (refused?.trial?.identityId === identityId) refused.trial = null;
    if (takesAway.has(call.kind) || !isRefusal(failure)) return [];
    this.refuse(name, identityId, failure.status ?? 0);
    return [];
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
    // Calls that were under way when it was held tell nothing new.
    if (this.nowMs() < refused.untilMs) return;
    refused.held += 1;
    refused.untilMs = this.nowMs() + backoffMs(refused.held, this.chance());
  }

  /** Whoever waits comes back at another moment, so that the next trial is another account. */
  private spreadMs({ held }: Refused): number {
    return backoffMs(held + 1, this.chance());
  }
}

/** The application understood the call and will not have it. What it holds already (409) is about that account alone. */
function isRefusal({ class: kind, status }: FailureTerms): boolean {
  return kind === 'validation' && status !== null && status >= 400;
}

function nameOf({ kind, group }: CallKind): string {
  return group === null ? kind : `${kind} ${group}`;
}
