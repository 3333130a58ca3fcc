import type { CausedBy } from '../../accounts/accounts.exports.js';

/** How many accounts a connector may disable or delete in an hour before a person must look. */
export interface RemovalLimits {
  /** Never more than these. */
  readonly people: number;
  /** Otherwise this share of the accounts, in percent, and at least `least`. */
  readonly percent: number;
  readonly least: number;
}

/** An account that is about to be taken away. */
export interface Removal {
  readonly identityId: string;
  /** The person left, in contrast to somebody who only loses this application or falls out of the connector's scope. */
  readonly leaver: boolean;
  readonly causedBy: CausedBy;
  /** When the desired access arrived, in milliseconds. */
  readonly receivedMs: number;
}

/** What was taken away, or held, a while ago. */
interface Known extends Removal {
  readonly atMs: number;
  readonly held: boolean;
}

const hourMs = 3_600_000;
/** Leavers whose statements arrived closer together than this may be of one wave. */
const waveMs = 60_000;

/**
 * Counts the accounts that a connector takes away in a sliding hour, and holds what is beyond the limit. Never held: what a person decided about
 * one person (a lockdown, a revocation), and a leaver who leaves alone.
 */
export class RemovalGuard {
  private readonly known = new Map<string, Known>();
  /** Accounts that were active, as counted in the last hour. */
  private counts: { readonly accounts: number; readonly atMs: number }[] = [];

  constructor(
    private readonly limits: RemovalLimits,
    private readonly nowMs: () => number,
  ) {}

  /** What another process took away. */
  restore(removed: readonly { readonly identityId: string; readonly atMs: number }[]): void {
    for (const { identityId, atMs } of removed)
      this.known.set(identityId, { identityId, atMs, leaver: true, causedBy: 'many', receivedMs: atMs, held: false });
  }

  /** @param accounts that are active now */
  counted(accounts: number): void {
    this.counts.push({ accounts, atMs: this.nowMs() });
  }

  isHeld(removal: Removal): boolean {
    this.forget();
    const before = this.known.get(removal.identityId);
    if (before?.held === false) return false;
    const held = this.isPast() && !this.isExempt(removal);
    this.known.set(removal.identityId, { ...removal, atMs: this.nowMs(), held });
    return held;
  }

  /** How many may be taken away in an hour. */
  get most(): number {
    const { people, percent, least } = this.limits;
    const accounts = Math.max(0, ...this.counts.map((one) => one.accounts));
    return Math.min(people, Math.max(least, Math.floor((accounts * percent) / 100)));
  }

  private get taken(): number {
    return [...this.known.values()].filter(({ held }) => !held).length;
  }

  private isPast(): boolean {
    return this.taken + 1 > this.most;
  }

  private isExempt(removal: Removal): boolean {
    if (removal.causedBy === 'person') return true;
    if (!removal.leaver) return false;
    const near = [...this.known.values()].filter(
      ({ identityId, causedBy, receivedMs }) =>
        identityId !== removal.identityId &&
        causedBy === removal.causedBy &&
        Math.abs(receivedMs - removal.receivedMs) <= waveMs,
    );
    return near.length < this.limits.least;
  }

  private forget(): void {
    const since = this.nowMs() - hourMs;
    this.counts = this.counts.filter(({ atMs }, index) => atMs > since || index === this.counts.length - 1);
    for (const [id, { atMs }] of this.known) if (atMs <= since) this.known.delete(id);
  }
}
