import { refusalCodes } from '#libs/outgoing/classify.js';

/** When a connector is quarantined: from so many failed accounts, if they are more than this share of those tried in a day. */
export interface QuarantineTerms {
  readonly failures: number;
  /** In percent. */
  readonly percent: number;
  /** Wait before the first probe; it doubles with each probe that fails, up to the longest. */
  readonly firstProbeMinutes: number;
  readonly mostProbeMinutes: number;
}

/** A quarantine as it is kept over a restart. Instants in milliseconds. */
export interface KeptQuarantine {
  readonly sinceMs: number;
  readonly failed: number;
  readonly objects: number;
  /** Probes that failed. */
  readonly probes: number;
  readonly nextProbeMs: number;
}

/** How the work on an account that should be there ended. `waits`: it is tried again later. */
export type Ended = { readonly is: 'done' | 'waits' } | { readonly is: 'parked'; readonly code: string };

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Accounts that try together in one probe. */
const probeSize = 5;
/** A probe without an outcome for this time is over. */
const longestProbeMs = 10 * minuteMs;
/** Words of the application about one account. What only the hub, or an outage, keeps waiting says nothing. */
const counted: ReadonlySet<string> = new Set([...refusalCodes, 'conflict', 'silent-failure']);

/**
 * Counts accounts, not calls, that the application refuses. Beyond the limits no account is given anything, but for a few that
 * try it from time to time; what takes away goes on.
 */
export class Quarantine {
  /** How the work on each account ended last, in a sliding day. */
  private readonly objects = new Map<string, { readonly failed: boolean; readonly atMs: number }>();
  /** How many of them failed. */
  private failed = 0;
  private kept: KeptQuarantine | null = null;
  private probe: { readonly sinceMs: number; readonly tried: Map<string, boolean | null> } | null = null;

  constructor(
    private readonly terms: QuarantineTerms,
    private readonly nowMs: () => number,
    /** Called when it begins, goes on after a probe, or ends. */
    private readonly changed: (kept: KeptQuarantine | null) => void = () => undefined,
  ) {}

  restore(kept: KeptQuarantine | null): void {
    this.kept = kept;
  }

  get state(): KeptQuarantine | null {
    return this.kept;
  }

  /** How many more accounts may try now. */
  private get room(): number {
    if (this.kept === null) return Infinity;
    this.endProbe(false);
    if (this.probe !== null) return probeSize - this.probe.tried.size;
    return this.nowMs() < this.kept.nextProbeMs ? 0 : probeSize;
  }

  /** When this account may be given something; null: now, in a quarantine as part of a probe. */
  waitUntilMs(identityId: string): number | null {
    this.endProbe(false);
    if (this.kept === null || this.probe?.tried.has(identityId) === true) return null;
    if (this.room === 0) return Math.max(this.kept.nextProbeMs, this.nowMs() + minuteMs);
    this.begins(identityId);
    return null;
  }

  private begins(identityId: string): void {
    this.probe ??= { sinceMs: this.nowMs(), tried: new Map() };
    this.probe.tried.set(identityId, null);
  }

  record(identityId: string, ended: Ended): void {
    const failed = ended.is === 'parked';
    if (ended.is === 'waits' || (failed && !counted.has(ended.code))) {
      this.leaves(identityId);
      return;
    }
    this.drop(identityId);
    this.objects.set(identityId, { failed, atMs: this.nowMs() });
    this.failed += failed ? 1 : 0;
    if (this.probe?.tried.has(identityId) === true) this.probe.tried.set(identityId, failed);
    if (this.kept === null) this.judge();
    else this.endProbe(true);
  }

  /** An account of a probe of which nothing is known: the others tell, or, without others, nobody was accepted. */
  private leaves(identityId: string): void {
    if (this.probe?.tried.delete(identityId) === true) this.endProbe(true);
  }

  /** The share decides only from so many failures on: a few say nothing. */
  private judge(): void {
    this.forget();
    const { failed } = this;
    const objects = this.objects.size;
    if (failed < this.terms.failures || (failed * 100) / objects <= this.terms.percent) return;
    const nowMs = this.nowMs();
    this.set({ sinceMs: nowMs, failed, objects, probes: 0, nextProbeMs: nowMs + this.waitMs(0) });
  }

  /** A probe ends with the last of its accounts, or after a while. @param heard an account of it may have ended just now */
  private endProbe(heard: boolean): void {
    if (this.probe === null || this.kept === null) return;
    const outcomes = [...this.probe.tried.values()];
    const isOver = this.nowMs() - this.probe.sinceMs >= longestProbeMs;
    if (!isOver && (!heard || outcomes.includes(null))) return;
    const known = outcomes.filter((one) => one !== null);
    const failed = known.filter((one) => one).length;
    this.probe = null;
    if (known.length > 0 && (failed * 100) / known.length <= this.terms.percent) this.lift();
    else this.goOn();
  }

  /** What failed before says nothing any more. */
  private lift(): void {
    this.objects.clear();
    this.failed = 0;
    this.set(null);
  }

  private goOn(): void {
    if (this.kept === null) return;
    const probes = this.kept.probes + 1;
    this.set({ ...this.kept, probes, nextProbeMs: this.nowMs() + this.waitMs(probes) });
  }

  private waitMs(probes: number): number {
    const { firstProbeMinutes, mostProbeMinutes } = this.terms;
    return Math.min(mostProbeMinutes, firstProbeMinutes * 2 ** Math.min(probes, 20)) * minuteMs;
  }

  private set(kept: KeptQuarantine | null): void {
    this.kept = kept;
    this.probe = null;
    this.changed(kept);
  }

  /** The oldest come first. */
  private forget(): void {
    const since = this.nowMs() - dayMs;
    for (const [identity, { atMs }] of this.objects) {
      if (atMs > since) return;
      this.drop(identity);
    }
  }

  private drop(identityId: string): void {
    if (this.objects.get(identityId)?.failed === true) this.failed -= 1;
    this.objects.delete(identityId);
  }
}
