import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { readingsOf, type Readings } from '../as-found/as-found.fixtures.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { engineer, expectContractsKept, known, requester, wikiCompany } from '../wiki-company.fixtures.js';

/** 8001 to 8005 are engineers; 8011 to 8014 sell, and share nothing but what they hold. */
let hub: RunningGovernance;
let readings: Readings;
const engineers = ['8001', '8002', '8003', '8004', '8005'];
const sellers = ['8011', '8012', '8013', '8014'];
beforeAll(async () => {
  hub = await wikiCompany();
  await hub.stated(
    ...engineers.map((id) => hrMessage('hired', engineer(id))),
    ...sellers.map((id) => hrMessage('hired', engineer(id, { department: `Sales ${id}`, jobTitle: id }))),
  );
  await known(hub, ...engineers, ...sellers);
  await hub.call('PUT', '/applications/paper', { displayName: 'Paper', connectorId: 'paper-scim' });
  readings = readingsOf(hub, 'paper-scim', 'paper');
  for (const who of engineers.slice(0, 4)) await readings.showed(who, ['Build']);
  for (const who of sellers.slice(0, 3)) await readings.showed(who, ['Pay', 'Bank']);
  await eventually(async () => (await found('')).length === 4 * 2 + 3 * 3);
});
afterAll(() => hub.stop());

const path = '/applications/paper/access-suggestions';
interface Suggestion {
  readonly id: string;
  readonly kind: string;
}
interface Held {
  readonly packageId: string;
  readonly cause: { readonly type: string };
  readonly code: string | null;
}
const found = async (more: string): Promise<Held[]> =>
  (await hub.call('GET', `/assignments?filter=${encodeURIComponent(`cause.type eq "as-found" ${more}`)}`)).body
    .items as Held[];
const held = async (who: string): Promise<Held[]> =>
  (
    await hub.call(
      'GET',
      `/assignments?filter=${encodeURIComponent(`status eq "active" and identityId eq "${identityOf(who)}"`)}`,
    )
  ).body.items as Held[];
const causesOf = async (who: string): Promise<string[]> =>
  (await held(who)).map(({ packageId, cause }) => `${packageId.replace(/[0-9a-f]{16}$/, '…')} ${cause.type}`).sort();
const groupsOf = async (who: string): Promise<string[]> => {
  const { items } = (await hub.call('GET', `/identities/${identityOf(who)}/access`)).body;
  const paper = items.find(({ application }: { application: string }) => application === 'paper');
  return (paper?.accounts[0]?.groups ?? []) as string[];
};
const suggested = async (): Promise<Suggestion[]> => (await hub.call('GET', path)).body.items as Suggestion[];

it('a rule by an attribute is suggested with its precision and coverage, and a package of what people hold together', async () => {
  const { status, body } = await hub.call('GET', path);
  expect(status).toBe(200);
  expect(some(body.items)).toMatchObject([
    {
      kind: 'birthright-rule',
      application: { id: 'paper', displayName: 'Paper' },
      filter: 'department eq "Engineering"',
      entitlements: [{ account: true }, { group: 'Build' }],
      people: 5,
      holders: 4,
      explains: 8,
      precision: 0.8,
    },
    {
      kind: 'access-package',
      filter: null,
      entitlements: [{ account: true }, { group: 'Bank' }, { group: 'Pay' }],
      people: 3,
      holders: 3,
      explains: 9,
      precision: 1,
    },
  ]);
  expect((await hub.call('GET', '/applications/none/access-suggestions')).status).toBe(404);
  expect((await hub.call('GET', path, undefined, { as: '8001', ...requester })).status).toBe(403);
});

it('a preview names who would get what they do not have, and nothing is done', async () => {
  const [rule] = await suggested();
  const { body } = await hub.call('GET', `${path}/${rule?.id}`);
  expect(body).toMatchObject({
    birthrightRule: { filter: 'department eq "Engineering"' },
    accessPackage: { exists: false, displayName: 'Paper: account, group Build' },
    replaces: 4,
    gains: 1,
    gaining: [{ employeeId: '8005', gains: [{ account: true }, { group: 'Build' }] }],
  });
  expect((await hub.call('GET', `${path}/${identityOf('nobody')}`)).status).toBe(404);
  expect(await groupsOf('8005')).toEqual([]);
});

it('taking it up gives by the rule what was found, once the number of those who gain is confirmed', async () => {
  const [rule] = await suggested();
  const takeUp = (more: object) =>
    hub.call('POST', `${path}/${rule?.id}/take-up`, { reason: 'Engineers build', ...more });
  expect((await takeUp({})).body).toMatchObject({ status: 409, code: 'suggestion.gives_access' });
  expect((await takeUp({ confirm: -1 })).body.errors).toMatchObject([{ pointer: '/confirm' }]);
  const { status, body } = await takeUp({ confirm: 1 });
  expect(status).toBe(202);
  expect(body).toMatchObject({ packageId: expect.stringMatching(/^found-/), ruleId: body.packageId });
  const bulk = async () => (await hub.call('GET', `/bulk-changes/${body.bulkChangeId}`)).body;
  await eventually(async () => (await bulk()).status === 'completed');
  expect(await bulk()).toMatchObject({ action: 'replace', rows: { changed: 4, refused: 0 } });
  for (const who of some(engineers)) {
    await eventually(async () => (await causesOf(who)).includes('found-… birthright'));
    expect((await causesOf(who)).filter((one) => one.includes('as-found'))).toEqual([]);
    expect(await groupsOf(who)).toEqual(['Build']);
  }
  expect((await found('and status eq "revoked"')).map(({ code }) => code)).toEqual(Array(8).fill('replaced'));
  // What the application still shows is not found again.
  await readings.showed('8001', ['Build', 'New']);
  await eventually(async () => (await causesOf('8001')).includes('as-found:paper:group:New as-found'));
  expect((await causesOf('8001')).filter((one) => one.includes('as-found'))).toHaveLength(1);
  await hub.stated(hrMessage('changed', engineer('8001', { department: 'Law' }), 2));
  await eventually(async () => (await groupsOf('8001')).join() === 'New');
});

it('taking up a package assigns it to those who hold all of it', async () => {
  const one = (await suggested()).find(({ kind }) => kind === 'access-package');
  const { body: preview } = await hub.call('GET', `${path}/${one?.id}`);
  expect(preview).toMatchObject({ birthrightRule: null, gains: 0, replaces: 3 });
  const { body } = await hub.call('POST', `${path}/${one?.id}/take-up`, { reason: 'They pay' });
  expect(body).toMatchObject({ ruleId: null, job: null });
  await eventually(
    async () => (await hub.call('GET', `/bulk-changes/${body.bulkChangeId}`)).body.status === 'completed',
  );
  for (const who of some(sellers.slice(0, 3))) {
    expect(await causesOf(who)).toEqual(['found-… direct', 'wiki-user birthright']);
    expect((await groupsOf(who)).sort()).toEqual(['Bank', 'Pay']);
  }
  expect((await suggested()).filter(({ kind }) => kind === 'access-package')).toEqual([]);
});

it('a package that somebody defined replaces what was found, in bulk after a preview', async () => {
  const grants = [{ application: 'paper', group: 'New' }];
  await hub.call('PUT', '/access-packages/new', { displayName: 'New', grants });
  const terms = { action: 'replace', packageId: 'new', filter: 'department pr', reason: 'It has a package now' };
  const { body: prepared } = await hub.call('POST', '/bulk-changes', terms);
  const state = async () => (await hub.call('GET', `/bulk-changes/${prepared.id}`)).body;
  await eventually(async () => (await state()).status === 'ready');
  expect((await state()).rows).toMatchObject({ total: 1, wouldChange: 1 });
  expect(await causesOf('8001')).toContain('as-found:paper:group:New as-found');
  await hub.call('POST', `/bulk-changes/${prepared.id}/apply`, {});
  await eventually(async () => (await state()).status === 'completed');
  expect(await causesOf('8001')).toEqual(['new direct', 'wiki-user birthright']);
  expect(await groupsOf('8001')).toEqual(['New']);
  expect((await hub.call('POST', '/bulk-changes', terms)).body.code).toBe('bulk.nothing_to_change');
});

it('every message kept its contract', async () => {
  await expectContractsKept(hub);
});
