import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { built } from '../support/processes.js';
import { accessIn, without, type OraclePackage, type OracleRule, type OracleWorld } from '../simulation-oracle.js';
import { clashesIgnored, matchesTooMany } from './bugs.js';
import { plantedBuild, type Bug } from './planted-build.js';

jest.setTimeout(120_000);

const account = (application: string) => ({ application, account: true as const });
const staff: OraclePackage = { id: 'staff', grants: [account('wiki'), { application: 'wiki', group: 'Staff' }] };
const payer: OraclePackage = { id: 'payer', grants: [account('ledger'), { application: 'ledger', group: 'Payers' }] };
const clerk: OraclePackage = {
  id: 'clerk',
  grants: [account('ledger'), { application: 'ledger', group: 'Clerks' }],
  suspendOnLeave: true,
};
const checker: OraclePackage = {
  id: 'checker',
  grants: [{ application: 'wiki', group: 'Checkers' }],
  incompatibleWith: ['payer'],
};
const inDepartment = (id: string, department: string, ...packages: string[]): OracleRule => ({
  id,
  filter: `department eq "${department}"`,
  matches: (person) => person.department === department,
  packages,
});
const today: OracleWorld = {
  people: [
    { employeeId: '1', department: 'Finance', status: 'active' },
    { employeeId: '2', department: 'Sales', status: 'active' },
    { employeeId: '3', department: 'Legal', status: 'active' },
    { employeeId: '4', department: 'Finance', status: 'on-leave' },
    { employeeId: '5', department: 'Sales', status: 'active' },
    { employeeId: '6', department: 'Sales', status: 'active' },
  ],
  packages: [staff, payer, clerk, checker],
  rules: [
    { id: 'all', filter: 'familyName pr', matches: () => true, packages: ['staff'] },
    inDepartment('finance', 'Finance', 'payer'),
    inDepartment('sales', 'Sales', 'clerk'),
  ],
};
/** Checkers come, clerks get a group more and the account of another application, Sales loses one to Legal, one leaves. */
const newClerk = { ...clerk, grants: [...clerk.grants, account('crm'), { application: 'wiki', group: 'Clerks' }] };
const newRule: OracleRule = {
  id: 'zzz-checkers',
  filter: 'department eq "Finance" or department eq "Legal"',
  matches: ({ department }) => department === 'Finance' || department === 'Legal',
  packages: ['checker'],
};
const proposed: OracleWorld = {
  people: today.people.map((person) => {
    if (person.employeeId === '2') return { ...person, department: 'Legal' };
    if (person.employeeId === '5') return { ...person, status: 'on-leave' };
    return person.employeeId === '1' ? { ...person, status: 'left' } : person;
  }),
  packages: [staff, payer, newClerk, checker],
  rules: [...today.rules, newRule],
};

const packageBody = ({ id, ...more }: OraclePackage): object => ({ displayName: id, ...more });
const ruleBody = ({ id, filter, packages }: OracleRule): object => ({ displayName: id, filter, packages });
const worker = (department: string, more: object = {}): object => ({
  familyName: 'Person',
  hireDate: '2020-01-01',
  department,
  ...more,
});

interface Entitlement {
  readonly application: string | { readonly id: string };
  readonly account?: true;
  readonly group?: string;
}
interface Changes {
  readonly items: readonly {
    readonly employeeId: string;
    readonly gains: readonly Entitlement[];
    readonly loses: readonly Entitlement[];
  }[];
}
interface Identities {
  readonly items: readonly { id: string; employeeId: string; department: string; status: string }[];
}
const lineOf = (employeeId: string, { application, account: has, group }: Entitlement): string =>
  `${employeeId} ${typeof application === 'string' ? application : application.id} ${has === true ? 'account' : `group ${group ?? ''}`}`;

/** Brings a hub into the world of today. */
async function stateToday(hub: HubUnderTest) {
  const [feed, admin] = await Promise.all([hub.token('feed', 'hr-feed'), hub.token('paula', 'admin')]);
  const put = async (path: string, body: object, token = admin): Promise<void> => {
    const answer = await hub.call<{ job?: { id: string } | null }>('PUT', path, { token, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
    const job = answer.body.job ?? null;
    if (job !== null) await eventually(() => isDone(hub, job.id, admin), { timeoutMs: 40_000 });
  };
  for (const id of ['wiki', 'ledger', 'crm'])
    await put(`/governance/v1/applications/${id}`, { displayName: id, connectorId: id });
  for (const one of today.packages) await put(`/governance/v1/access-packages/${one.id}`, packageBody(one));
  for (const one of today.rules) await put(`/governance/v1/birthright-rules/${one.id}`, ruleBody(one));
  for (const { employeeId, department, status } of today.people)
    await put(`/hr/v1/workers/${employeeId}`, worker(department, status === 'on-leave' ? { status } : {}), feed);
  return { feed, admin, put };
}

async function liveAccess(hub: HubUnderTest, token: string): Promise<Set<string>> {
  const { body } = await hub.call<Identities>('GET', '/governance/v1/identities?limit=500', { token });
  const access = await Promise.all(
    body.items.map(async ({ id, employeeId }) => {
      const path = `/governance/v1/identities/${id}/access`;
      const answer = await hub.call<{ items: { application: string; entitlements: Entitlement[] }[] }>('GET', path, {
        token,
      });
      return answer.body.items.flatMap(({ application, entitlements }) =>
        entitlements.map((one) => lineOf(employeeId, { ...one, application })),
      );
    }),
  );
  return new Set(access.flat());
}

/** A change of the catalog has reached everybody whom it touches. */
const isDone = async (hub: HubUnderTest, job: string, token: string): Promise<boolean> =>
  (await hub.call('GET', `/governance/v1/jobs/${job}`, { token })).body['status'] === 'completed';

/** What everybody has once governance knows these people as HR has stated them: it decides about somebody in the same work. */
async function accessOf(hub: HubUnderTest, token: string, people: OracleWorld['people']): Promise<Set<string>> {
  const stated = people.map(({ employeeId, department, status }) => `${employeeId} ${department} ${status}`).sort();
  await eventually(
    async () => {
      const { items } = (await hub.call<Identities>('GET', '/governance/v1/identities?limit=500', { token })).body;
      const known = items.map(({ employeeId, department, status }) => {
        return `${employeeId} ${department} ${status === 'inactive' ? 'left' : status}`;
      });
      return isDeepStrictEqual(known.sort(), stated);
    },
    { timeoutMs: 40_000 },
  );
  return await liveAccess(hub, token);
}

/** The same change, simulated and then made. */
async function simulatedAndLive(dist: string) {
  const hub = await startHub({}, { dist });
  try {
    const { feed, admin, put } = await stateToday(hub);
    const before = await accessOf(hub, admin, today.people);
    const started = await hub.call<{ id: string }>('POST', '/governance/v1/simulations', {
      token: admin,
      body: {
        accessPackages: [{ id: newClerk.id, ...packageBody(newClerk) }],
        birthrightRules: [{ id: newRule.id, ...ruleBody(newRule) }],
        hrChanges: [
          { filter: 'employeeId eq "1"', status: 'left' },
          { filter: 'employeeId eq "2"', set: { department: 'Legal' } },
          { filter: 'employeeId eq "5"', status: 'on-leave' },
        ],
      },
    });
    const path = started.headers.get('location') ?? '';
    await eventually(async () => (await hub.call('GET', path, { token: admin })).body['status'] === 'completed');
    const { items } = (await hub.call<Changes>('GET', `${path}/changes?limit=500`, { token: admin })).body;
    const lines = (what: 'gains' | 'loses'): string[] =>
      items.flatMap((one) => one[what].map((entitlement) => lineOf(one.employeeId, entitlement))).sort();
    await put(`/governance/v1/access-packages/${newClerk.id}`, packageBody(newClerk));
    await put(`/governance/v1/birthright-rules/${newRule.id}`, ruleBody(newRule));
    const gone = { terminationDate: '2020-12-31' };
    await put('/hr/v1/workers/1', worker('Finance', gone), feed);
    await put('/hr/v1/workers/2', worker('Legal'), feed);
    await put('/hr/v1/workers/5', worker('Sales', { status: 'on-leave' }), feed);
    const after = await accessOf(hub, admin, proposed.people);
    return {
      simulated: { gains: lines('gains'), loses: lines('loses') },
      live: { gains: without(before, after), loses: without(after, before) },
    };
  } finally {
    await hub.discard();
  }
}

const [was, willBe] = [accessIn(today), accessIn(proposed)];
const expected = { gains: without(was, willBe), loses: without(willBe, was) };

describe('a simulation', () => {
  it('foresees what the same change does, and both are as the oracle says', async () => {
    expect(Math.min(expected.gains.length, expected.loses.length)).toBeGreaterThan(2);
    const { simulated, live } = await simulatedAndLive(built);
    expect(simulated).toEqual(expected);
    expect(live).toEqual(expected);
  });

  it.each<[string, Bug]>([
    ['a rule that matches whom it should not', matchesTooMany],
    ['incompatible packages that are given together', clashesIgnored],
  ])('follows a bug of the production rules, as live access does, and the oracle finds it: %s', async (_, bug) => {
    const { dist, remove } = await plantedBuild(bug);
    try {
      const { simulated, live } = await simulatedAndLive(dist);
      expect(simulated).toEqual(live);
      expect(simulated).not.toEqual(expected);
    } finally {
      await remove();
    }
  });
});
