import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import type { DesiredVersion } from './decided.js';
import { accessAt } from './access-at.js';
import type { Period, Turn } from './period.js';
import type { AccountStep } from './possible.js';

const ada = '0198c0de-0000-7000-8000-00000000000a';
export const byRule = '0198c0de-0000-7000-8000-0000000000d1';
export const byRequest = '0198c0de-0000-7000-8000-0000000000d2';

/** `09:00` on the day of the test. */
export const at = (time: string): string => `2026-03-02T${time.length === 5 ? `${time}:00` : time}.000Z`;
const turn = (time: string, index: number): Turn => ({ at: at(time), recordedAt: at(time), index });

/** Versions of desired access, in the order they were made. */
export function decided(
  ...versions: readonly (readonly [time: string, ...entitlements: DesiredEntitlement[]])[]
): DesiredVersion[] {
  return versions.map(([time, ...entitlements], place) => ({
    identity: ada,
    application: 'chat',
    epoch: 1,
    sequence: place + 1,
    turn: turn(time, place),
    entitlements,
  }));
}

export type Step = readonly [time: string, type: string, more?: Partial<AccountStep>];

/** The operation of an attempt: each call has one of its own, counted from 1. */
export const attempt = (number: number, kind: string): string => `attempt ${number} of ${kind}`;

/**
 * The events of the account in their order, each confirmed by the answer unless stated otherwise. `type` has neither
 * `hub.provisioning.` nor the version. Each `operation.started` begins a new operation; the next event of its kind is
 * the outcome.
 */
export function happened(...steps: readonly Step[]): AccountStep[] {
  const started = new Map<string, number>();
  const operationOf = (type: string, kind: string): string => {
    const number = (started.get(kind) ?? 0) + (type === 'operation.started' ? 1 : 0);
    started.set(kind, number);
    return attempt(number, kind);
  };
  return steps.map(([time, type, more = {}], place) => ({
    type: `hub.provisioning.${type}.v1` as AccountStep['type'],
    operation: operationOf(type, more.kind ?? 'lookup'),
    kind: 'lookup',
    connector: 'chat-scim',
    identity: ada,
    application: 'chat',
    because: [byRule],
    seen: 'yes',
    epoch: 1,
    sequence: place + 1,
    turn: turn(time, place),
    ...more,
  }));
}

export const creating = { kind: 'create-account' } as const;
export const disabling = { kind: 'disable-account' } as const;
export const enabling = { kind: 'enable-account' } as const;
export const joining = { kind: 'add-member', group: 'analysts', because: [byRequest] } as const;
export const removing = { kind: 'remove-member', group: 'analysts' } as const;
export const granting = { kind: 'grant-role', role: 'Approver', because: [byRequest] } as const;
export const revoking = { kind: 'revoke-role', role: 'Approver' } as const;

/** What the periods say about an instant, as a short text. */
export function stateOf(periods: readonly Period[], time: string): string {
  const access = accessAt(periods, at(time));
  if (access === null) return 'none';
  const names = access.entitlements.map(
    (one) => `${'account' in one ? 'account' : 'group' in one ? one.group : one.role} ${one.state}`,
  );
  return `${names.join(', ')}${access.enabled ? '' : ' (off)'}`;
}
