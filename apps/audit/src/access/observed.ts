import { entitlementKey, isAccount, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { begun, type Period, type Seen, type Sighting, type Turn } from './period.js';

/** What one complete reading showed of one identity in one application, as a whole. */
export interface Observation {
  readonly identity: string;
  readonly application: string;
  readonly connector: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly reading: string;
  /** When the reading was over. */
  readonly turn: Turn;
  readonly entitlements: readonly (EntitlementFields & {
    readonly firstSeenAt: string;
    readonly sinceUnknown: boolean;
  })[];
}

/** A complete reading of a connector. */
export interface CompleteReading extends Sighting {
  readonly connector: string;
  /** It also showed who holds all groups and roles. */
  readonly holdings: boolean;
}

/**
 * Access as readings showed it: from the reading that saw it first to the first one that did not show it. Observations state everything, and come
 * only where something differs, so each complete reading in between showed the same. They may come in any order and more than once.
 */
export function observedPeriods(observations: readonly Observation[], readings: readonly CompleteReading[]): Period[] {
  const byConnector = Map.groupBy(observations, ({ connector }) => connector);
  return [...byConnector].flatMap(([connector, own]) => {
    const all = readings.filter((one) => one.connector === connector);
    const accounts = sightingsOf(all);
    const holdings = sightingsOf(all.filter((one) => one.holdings));
    return periodsOf(own, (one) => (isAccount(one) ? accounts : holdings));
  });
}

/** By time. */
const sightingsOf = (readings: readonly CompleteReading[]): readonly Sighting[] =>
  [...readings].sort((one, other) => (one.turn.at < other.turn.at ? -1 : 1));

function periodsOf(
  observations: readonly Observation[],
  sightings: (entitlement: EntitlementFields) => readonly Sighting[],
): Period[] {
  const closed: Period[] = [];
  let open = new Map<string, Period>();
  for (const { entitlements, ...observation } of inOrder(observations)) {
    const next = new Map<string, Period>();
    for (const { firstSeenAt, sinceUnknown, ...entitlement } of entitlements) {
      const known = open.get(entitlementKey(entitlement));
      const since = { ...observation.turn, at: firstSeenAt };
      const seen = { sinceUnknown, sightings: sightings(entitlement), missedBy: null };
      const period = known?.since.at === firstSeenAt ? known : shown(observation, entitlement, since, seen);
      next.set(entitlementKey(entitlement), period);
    }
    for (const [name, period] of open) if (next.get(name) !== period) closed.push(missed(period, observation));
    open = next;
  }
  return [...closed, ...open.values()];
}

const missed = (period: Period, { turn, reading }: Pick<Observation, 'turn' | 'reading'>): Period => ({
  ...period,
  until: turn,
  ...(period.seen === undefined ? {} : { seen: { ...period.seen, missedBy: reading } }),
});

function shown(
  { identity, application }: Omit<Observation, 'entitlements'>,
  entitlement: EntitlementFields,
  since: Turn,
  seen: Seen,
): Period {
  const period = begun({ identity, application, entitlement, since, reasons: [] });
  return { ...period, written: since, confirmed: since, seen };
}

const inOrder = (observations: readonly Observation[]): Observation[] =>
  [...observations].sort((a, b) => a.epoch - b.epoch || a.sequence - b.sequence);
