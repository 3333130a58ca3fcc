import type { OperationKind, OperationTerms } from './account.events.js';
import { noAccount, type Account, type OpenOperation } from './account-state.js';
import type { Goal, Policy } from './plan-terms.js';

export const ada = '0198c0de-0000-7000-8000-0000000000a1';
const assignment = '0198c0de-0000-7000-8000-0000000000d1';
/** The clock of these tests, and when their operations began. */
export const nowMs = Date.parse('2026-03-02T10:00:00.000Z');
export const at = (ms: number): string => new Date(nowMs + ms).toISOString();

export const policy = (overrides: Partial<Policy> = {}): Policy => ({
  onUnassign: 'disable',
  onLeave: 'disable',
  onDisable: 'strip',
  deleteAfter: null,
  ...overrides,
});

/** Desired: an active account in no group. */
export const goal = (overrides: Partial<Goal> = {}): Goal => ({
  version: { epoch: 1, sequence: 3 },
  active: true,
  leaver: false,
  because: [assignment],
  entitlements: [],
  attributes: { userName: 'ada@corp.example' },
  initial: {},
  ...overrides,
});
export const inGroups = (...names: string[]): Goal =>
  goal({ entitlements: names.map((group) => ({ entitlement: { group }, because: [assignment] })) });
export const left = (): Goal => goal({ active: false, leaver: true, because: [], attributes: {} });
export const unassigned = (): Goal => goal({ active: false, because: [], attributes: {} });

/** What the hub believes: an active account as it was created. */
export const existing = (overrides: Partial<Account> = {}): Account => ({
  ...noAccount,
  status: 'active',
  accountId: 'u1',
  written: { userName: 'ada@corp.example' },
  because: [assignment],
  ...overrides,
});
export const memberOf = (...names: string[]): Account['granted'] =>
  Object.fromEntries(
    names.map((group) => [`group:${group}`, { entitlement: { group }, because: [assignment], id: null }]),
  );

const terms = (kind: OperationKind, overrides: Partial<OperationTerms> = {}): OperationTerms => ({
  operation: '0198c0de-0000-7000-8000-0000000000e1',
  kind,
  connector: 'wiki',
  application: 'wiki',
  identityId: ada,
  accountId: kind === 'create-account' ? null : 'u1',
  entitlement: { account: true },
  desired: { epoch: 1, sequence: 3 },
  because: [assignment],
  ...overrides,
});
export const open = (kind: OperationKind, overrides: Partial<OpenOperation> = {}): OpenOperation => ({
  ...terms(kind),
  startedAt: at(0),
  written: kind === 'create-account' ? { userName: 'ada@corp.example' } : null,
  lost: null,
  ...overrides,
});
