import {
  desiredAccessChanged,
  type DesiredAccessMessage,
  type DesiredEntitlement,
} from '#libs/contracts/desired-access.js';
import { readEntitlement } from '#libs/contracts/entitlement.js';
import type { ReadLeaf } from '../log/log.exports.js';
import { decidedPeriods, type DesiredVersion } from './decided.js';
import { justified } from './justified.js';
import type { Period, Turn } from './period.js';
import { possiblePeriods, type AccountStep } from './possible.js';

/** How access is known: from decisions, or from what the calls may have done in the application. */
export type Basis = 'decided' | 'possible';

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
};

/** The periods of one identity in one application, from its entries of the basis' types. */
export function periodsOf(basis: Basis, leaves: readonly ReadLeaf[]): Period[] {
  const { versions = [], steps = [] } = Object.groupBy(leaves, ({ entry }) =>
    entry.type === desiredAccessChanged ? 'versions' : 'steps',
  );
  const decided = decidedPeriods(versions.flatMap(versionOf));
  if (basis === 'decided') return decided;
  return possiblePeriods(steps.flatMap(stepOf)).map((period) => justified(period, decided));
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

type Unchecked<Body> = { readonly [Name in keyof Body]?: unknown };

const isText = (value: unknown): value is string => typeof value === 'string';
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter(isText) : []);

function turnOf(index: number, { occurredAt, recordedAt }: ReadLeaf['entry']): Turn {
  return { at: occurredAt, recordedAt, index };
}
