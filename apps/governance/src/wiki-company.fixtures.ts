import { leaksOf, personalTexts, textsIn } from '#libs/contracts/leaks.fixtures.js';
import { splitPersonal } from '#libs/contracts/split-personal.js';
import { some } from '../../../test/support/some.js';
import { expect } from '@jest/globals';
import { contractOf } from '#libs/contracts/registry.js';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../test/support/eventually.js';
import { hrMessage, identityOf, runningGovernance, worker, type RunningGovernance } from './governance.fixtures.js';

/** Governance of a company with a wiki, which everybody has and engineers may edit once their manager agrees. */
export async function wikiCompany(env: Readonly<Record<string, string>> = {}): Promise<RunningGovernance> {
  const hub = await runningGovernance(env);
  await hub.call('PUT', '/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
  await hub.call('PUT', '/access-packages/wiki-user', {
    displayName: 'Wiki',
    grants: [{ application: 'wiki', account: true }],
  });
  await hub.call('PUT', '/access-packages/wiki-editor', {
    displayName: 'Wiki editors',
    grants: [{ application: 'wiki', group: 'Editors' }],
    eligibility: 'department eq "Engineering"',
    requestFor: 'team',
    approval: { stages: [{ approvers: ['manager'], timeout: 'P3D' }] },
  });
  await hub.call('PUT', '/birthright-rules/everybody', {
    displayName: 'Everybody',
    filter: 'employmentType ne "guest"',
    packages: ['wiki-user'],
  });
  return hub;
}

export const engineer = (id: string, more: Partial<WorkerAttributes> = {}): WorkerAttributes =>
  worker(id, { department: 'Engineering', email: `e${id}@example.org`, ...more });
export const requester = { roles: ['requester'] };
export const approver = { roles: ['approver'] };

/** What somebody should have in the first application. */
export const accessOf = async (hub: RunningGovernance, employeeId: string) =>
  (await hub.call('GET', `/identities/${identityOf(employeeId)}/access`)).body.items[0];

/** The version of what somebody should have in the wiki now. */
export async function desiredSequenceOf(hub: RunningGovernance, employeeId: string): Promise<number> {
  const [row] = await hub.db.query<{ version: number }>(
    `select version from desired_access where identity_id = $1::uuid and application = 'wiki'`,
    [identityOf(employeeId)],
  );
  if (row === undefined) throw new Error(`${employeeId} should have nothing in the wiki`);
  return row.version;
}

/** A manager and somebody in their team, both with their birthrights. */
export async function team(hub: RunningGovernance, manager: string, member: string): Promise<void> {
  await staff(hub, { [manager]: null, [member]: manager });
}

/** Hires engineers, each with the employeeId of the manager, and waits until tokens mean them. */
export async function staff(hub: RunningGovernance, managers: Readonly<Record<string, string | null>>): Promise<void> {
  const hires = Object.entries(managers).map(([id, managerId]) =>
    hrMessage('hired', engineer(id, managerId === null ? {} : { managerId })),
  );
  await hub.stated(...hires);
  await known(hub, ...Object.keys(managers));
}

/** Until the service's own directory knows whom tokens mean. */
export async function known(hub: RunningGovernance, ...employeeIds: string[]): Promise<void> {
  await eventually(async () => {
    const rows = await hub.db.query(`select 1 from token_subject where subject = any($1)`, [employeeIds]);
    return rows.length === employeeIds.length;
  });
}

/** Asks for editing; the id of the request. */
export async function asked(hub: RunningGovernance, as: string, more = {}): Promise<string> {
  const { status, body } = await hub.call(
    'POST',
    '/requests',
    { packageId: 'wiki-editor', justification: 'I write', ...more },
    { as, ...requester },
  );
  expect([status, body.detail]).toEqual([201, undefined]);
  return body.id as string;
}

/** Everything published so far keeps its contract, and holds nothing personal outside of what is marked so. */
export async function expectContractsKept(hub: RunningGovernance): Promise<void> {
  const catalog = (await hub.published(topics.catalog)).flatMap(({ body }) => textsIn(body));
  for (const topic of [topics.identities, topics.decisions, topics.catalog, topics.desiredAccess]) {
    for (const { type, body, source, key, actor, subject } of some(await hub.published(topic))) {
      expect(contractOf(type)?.topic).toBe(topic);
      const open = [source, key, actor, subject, splitPersonal(type, body).public];
      expect([type, leaksOf(personalTexts(type, body), open, catalog)]).toEqual([type, []]);
    }
  }
}
