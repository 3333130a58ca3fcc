import {
  desiredAccessChanged,
  type DesiredAccessMessage,
  type DesiredEntitlement,
} from '#libs/contracts/desired-access.js';
import { readEntitlement } from '#libs/contracts/entitlement.js';
import { accessObserved, type AccessObservedMessage } from '#libs/contracts/observed-access.js';
import type { ReadingEndedMessage } from '#libs/contracts/readings.js';
import type { ReadLeaf } from '../log/log.exports.js';
import { decidedPeriods, type DesiredVersion } from './decided.js';
import { justified } from './justified.js';
import { type CompleteReading, observedPeriods, type Observation } from './observed.js';
import type { Period, Turn } from './period.js';
import { possiblePeriods, type AccountStep } from './possible.js';

/** How access is known: from decisions, from what the calls may have done in the application, or from what readings showed there. */
export const bases = ['decided', 'possible', 'observed'] as const;
export type Basis = (typeof bases)[number];

const possibleTypes: readonly AccountStep['type'][] = [
  'hub.provisioning.operation.started.v1',
  'hub.provisioning.operation.failed.v1',
  'hub.provisioning.account.created.v1',
  'hub.provisioning.account.adopted.v1',
  'hub.provisioning.account.updated.v1',
  'hub.provisioning.account.enabled.v1',
  'hub.provisioning.account.confirmed.v1',
  'hub.provisioning.account.disabled.v1',
  'hub.provisioning.account.deleted.v1',
  'hub.provisioning.membership.added.v1',
  'hub.provisioning.membership.confirmed.v1',
  'hub.provisioning.membership.removed.v1',
  'hub.provisioning.role.granted.v1',
  'hub.provisioning.role.revoked.v1',
];

/** Entries a basis is made from. */
export const typesOf: Readonly<Record<Basis, readonly string[]>> = {
  decided: [desiredAccessChanged],
  // The decisions say why the access was possible.
  possible: [...possibleTypes, desiredAccessChanged],
  // And why it was observed.
  observed: [accessObserved, desiredAccessChanged],
};

/**
 * The periods of one identity in one application, from its entries of the basis' types.
 * @param readings complete ones of the connectors that these entries name
 */
export function periodsOf(
  basis: Basis,
  leaves: readonly ReadLeaf[],
  readings: readonly CompleteReading[] = [],
): Period[] {
  const { versions = [], steps = [] } = Object.groupBy(leaves, ({ entry }) =>
    entry.type === desiredAccessChanged ? 'versions' : 'steps',
  );
  const decided = decidedPeriods(versions.flatMap(versionOf));
  if (basis === 'decided') return decided;
  const known =
    basis === 'possible'
      ? possiblePeriods(steps.flatMap(stepOf))
      : observedPeriods(steps.flatMap(observationOf), readings);
  return known.map((period) => justified(period, decided));
}

/** Connectors whose readings these entries tell of. */
export const observedConnectors = (leaves: readonly ReadLeaf[]): string[] => [
  ...new Set(leaves.flatMap(observationOf).map(({ connector }) => connector)),
];

/** The complete reading whose end an entry tells; none for one that is not believed. */
export function readingOf({ index, entry }: ReadLeaf): CompleteReading[] {
  const { reading, connector, status, startedAt, endedAt, holdingsComplete } =
    entry.data as Unchecked<ReadingEndedMessage>;
  const at = isText(startedAt) ? startedAt : endedAt;
  if (status !== 'completed' || !isText(reading) || !isText(connector) || !isText(at)) return [];
  return [{ reading, connector, turn: { ...turnOf(index, entry), at }, holdings: holdingsComplete === true }];
}

// The log also keeps malformed messages. Such an entry is ignored here.

function versionOf({ index, entry }: ReadLeaf): DesiredVersion[] {
  const { identity, application, entitlements } = entry.data as Unchecked<DesiredAccessMessage>;
  if (!isText(identity) || !isText(application) || !Array.isArray(entitlements)) return [];
  return [
    {
      identity,
      application,
      entitlements: entitlements.flatMap(entitlementOf),
      epoch: entry.epoch,
      sequence: entry.sequence,
      turn: turnOf(index, entry),
    },
  ];
}

function entitlementOf(value: unknown): DesiredEntitlement[] {
  const fields = readEntitlement(value);
  return fields === null ? [] : [{ ...fields, because: textsOf((value as { readonly because?: unknown }).because) }];
}

function stepOf({ index, entry }: ReadLeaf): AccountStep[] {
  const { epoch, sequence } = entry;
  const data = entry.data as Unchecked<AccountStep>;
  const { identity, application, connector, group, role, because } = data;
  const named = isText(identity) && isText(application) && isText(connector);
  const isKnown = [group, role].every((name) => name === undefined || isText(name));
  if (!named || !isKnown) return [];
  return [
    {
      ...(data as AccountStep),
      because: textsOf(because),
      type: entry.type as AccountStep['type'],
      epoch,
      sequence,
      turn: turnOf(index, entry),
    },
  ];
}

function observationOf({ index, entry }: ReadLeaf): Observation[] {
  const { identity, application, connector, reading, readAt, entitlements } =
    entry.data as Unchecked<AccessObservedMessage>;
  if (entry.type !== accessObserved || !isText(identity) || !isText(application) || !isText(connector)) return [];
  if (!isText(reading) || !isText(readAt) || !Array.isArray(entitlements)) return [];
  const { epoch, sequence } = entry;
  const turn = { ...turnOf(index, entry), at: readAt };
  const about = { identity, application, connector, reading, epoch, sequence, turn };
  return [{ ...about, entitlements: entitlements.flatMap(seenIn) }];
}

function seenIn(value: unknown): Observation['entitlements'] {
  const fields = readEntitlement(value);
  if (fields === null) return [];
  const { firstSeenAt, sinceUnknown } = value as Unchecked<Observation['entitlements'][number]>;
  return isText(firstSeenAt) ? [{ ...fields, firstSeenAt, sinceUnknown: sinceUnknown === true }] : [];
}

type Unchecked<Body> = { readonly [Name in keyof Body]?: unknown };

const isText = (value: unknown): value is string => typeof value === 'string';
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : []);

function turnOf(index: number, { occurredAt, recordedAt }: ReadLeaf['entry']): Turn {
  return { at: occurredAt, recordedAt, index };
}
