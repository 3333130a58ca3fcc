/** A turn of the timeline: when it happened, when the log came to know, and the entry that says so. */
export interface Turn {
  /** ISO 8601 instant, UTC. */
  readonly at: string;
  readonly recordedAt: string;
  /** Index of the entry in the log. */
  readonly index: number;
}

export type Entitlement = { readonly account: true } | { readonly group: string } | { readonly role: string };

/** Assignments that justified something, from one turn on. */
export interface Reason {
  readonly from: Turn;
  readonly because: readonly string[];
}

/** One entitlement held from `since` (inclusive) to `until` (exclusive; null: it still is, as far as is known). */
export interface Period {
  readonly identity: string;
  readonly application: string;
  readonly entitlement: Entitlement;
  readonly since: Turn;
  readonly until: Turn | null;
  /** From when it is more than a possibility; null while nobody confirmed it. */
  readonly confirmed: Turn | null;
  /** It was there before the hub, and nothing decided justifies it. */
  readonly found: boolean;
  /** False for an account that is verified to be switched off: it is there, but is no access. */
  readonly enabled: boolean;
  /** Oldest first. */
  readonly reasons: readonly Reason[];
}

export type PeriodState = 'confirmed' | 'possible' | 'found';

export function holdsAt({ since, until }: Period, at: string): boolean {
  return since.at <= at && (until === null || at < until.at);
}

/** Does it hold at some instant from `from` to `to`, both inclusive? */
export function overlaps({ since, until }: Period, from: string, to: string): boolean {
  return since.at <= to && (until === null || from < until.at);
}

export function stateAt({ confirmed, found }: Period, at: string): PeriodState {
  if (found) return 'found';
  return confirmed !== null && confirmed.at <= at ? 'confirmed' : 'possible';
}

/** The assignments that justified it at that instant: the newest said by then. */
export function becauseAt({ reasons }: Period, at: string): readonly string[] {
  return (reasons.findLast(({ from }) => from.at <= at) ?? reasons[0])?.because ?? [];
}

/** Everything that ever justified it. */
export function becauseOf({ reasons }: Period): readonly string[] {
  return [...new Set(reasons.flatMap(({ because }) => because))];
}

/** The same entitlement has the same name. */
export function nameOf(entitlement: Entitlement): string {
  if ('account' in entitlement) return 'account';
  return 'group' in entitlement ? `group:${entitlement.group}` : `role:${entitlement.role}`;
}

export function withReason(reasons: readonly Reason[], from: Turn, because: readonly string[]): readonly Reason[] {
  const last = reasons.at(-1)?.because ?? [];
  const same = last.length === because.length && last.every((id) => because.includes(id));
  return because.length === 0 || same ? reasons : [...reasons, { from, because }];
}
