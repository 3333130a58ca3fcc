import { desiredAccessChanged, type DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { ReadLeaf } from '../log/leaf-row.js';
import { decidedPeriods, type DesiredVersion } from './decided.js';
import { justified } from './justified.js';
import type { Period, Turn } from './period.js';
import { possiblePeriods, type AccountStep } from './possible.js';

/** On whose word access is told: what was decided, or what may have been in the application. */
export type Basis = 'decided' | 'possible';

const possibleTypes: readonly AccountStep['type'][] = [
  'hub.provisioning.operation.started.v1',
  'hub.provisioning.operation.failed.v1',
  'hub.provisioning.account.created.v1',
  'hub.provisioning.account.adopted.v1',
  'hub.provisioning.account.enabled.v1',
  'hub.provisioning.account.disabled.v1',
  'hub.provisioning.account.deleted.v1',
  'hub.provisioning.membership.added.v1',
  'hub.provisioning.membership.removed.v1',
];

/** Entries a basis is made from. */
export const typesOf: Readonly<Record<Basis, readonly string[]>> = {
  decided: [desiredAccessChanged],
  // What was decided tells why it was possible.
  possible: [...possibleTypes, desiredAccessChanged],
};

/** The periods of one identity in one application, from its entries of the basis' types. */
export function periodsOf(basis: Basis, leaves: readonly ReadLeaf[]): Period[] {
  const { versions = [], steps = [] } = Object.groupBy(leaves, ({ entry }) =>
    entry.type === desiredAccessChanged ? 'versions' : 'steps',
  );
  const decided = decidedPeriods(versions.map(versionOf));
  if (basis === 'decided') return decided;
  return possiblePeriods(steps.map(stepOf)).map((period) => justified(period, decided));
}

function versionOf({ index, entry }: ReadLeaf): DesiredVersion {
  const { identity, application, entitlements } = entry.data as DesiredAccessMessage;
  return {
    identity,
    application,
    entitlements,
    epoch: entry.epoch,
    sequence: entry.sequence,
    turn: turnOf(index, entry),
  };
}

function stepOf({ index, entry }: ReadLeaf): AccountStep {
  const { epoch, sequence } = entry;
  return {
    ...(entry.data as AccountStep),
    type: entry.type as AccountStep['type'],
    epoch,
    sequence,
    turn: turnOf(index, entry),
  };
}

function turnOf(index: number, { occurredAt, recordedAt }: ReadLeaf['entry']): Turn {
  return { at: occurredAt, recordedAt, index };
}
