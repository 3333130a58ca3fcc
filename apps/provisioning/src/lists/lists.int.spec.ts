import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { root } from '../../../../test/support/processes.js';
import { desired, leaver, person, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { TaskView } from '../tasks/tasks.query.js';

jest.setTimeout(60_000);

const document = JSON.parse(readFileSync(join(root, 'docs/connectors/by-list.json'), 'utf8')) as object;

let wiki: Wiki;
beforeAll(async () => {
  wiki = await runningWiki();
  const matching = [{ target: 'userName', source: 'userName', precedence: 1 }];
  await wiki.connect({ baseUrl: null, auth: null, ...document, matching });
});
afterAll(() => wiki.stop());

const upload = (asOf: string, lines: readonly string[], more = '') =>
  wiki.call(
    'POST',
    `/connectors/wiki/account-list?asOf=${asOf}${more}`,
    ['Login,Name,Status,Groups', ...lines].join('\n'),
  );
const day = (n: number): string => `2026-03-${String(n).padStart(2, '0')}T08:00:00Z`;
const tasks = async (): Promise<readonly TaskView[]> => (await wiki.call('GET', '/tasks')).body.items as TaskView[];
const openTask = (kind: TaskView['kind']): Promise<TaskView> =>
  eventually(async () => (await tasks()).find((one) => one.kind === kind));
/** A list of now, in which Bob is as before. */
const uploadNow = (line: string) => {
  wiki.clock.advance(60_000);
  return upload(wiki.clock.now(), [line, `${mail('bob')},Bob,active,`]);
};
const reading = async (id: unknown): Promise<Record<string, unknown>> => {
  const path = `/connectors/wiki/readings/${String(id)}`;
  await eventually(async () => (await wiki.call('GET', path)).body.status !== 'running', { timeoutMs: 45_000 });
  return (await wiki.call('GET', path)).body as Record<string, unknown>;
};
const mail = (name: string): string => `${name}@corp.example`;
const known = [`${mail('ada')},Ada,active,Tower`, `${mail('bob')},Bob,active,`, 'vendor,Vendor,active,Vault'];

describe('an application of which an owner uploads a list of accounts', () => {
  it('is read by the list: what it names is there, and whose it is follows from the rules', async () => {
    await wiki.publish(person('ada'), person('bob'));
    expect((await wiki.call('GET', '/connectors/wiki/account-list')).body).toMatchObject({ asOf: null, stale: true });
    const tried = await upload(day(1), known, '&dryRun=true');
    expect(tried.body).toMatchObject({ dryRun: true, accounts: 3, added: 3, reading: null });
    const { body } = await upload(day(1), known);
    expect(body).toMatchObject({ dryRun: false, accounts: 3, added: 3, gone: 0, rejections: [] });
    expect(await reading(body.reading)).toMatchObject({ status: 'completed', accounts: 3, holdings: 2 });
    const observed = (await wiki.call('GET', '/connectors/wiki/observed-accounts')).body.items as {
      account: string;
      classification: string;
    }[];
    expect(observed.find(({ account }) => account === mail('ada'))).toMatchObject({ classification: 'matched' });
    expect(observed.find(({ account }) => account === 'vendor')).toMatchObject({
      classification: 'person-without-match',
    });
  });

  it('refuses an older list, one that is ahead, one that names an account twice, and one without its columns', async () => {
    expect((await upload(day(1), known)).body).toMatchObject({ code: 'account_list.older' });
    expect((await upload('2027-01-01T00:00:00Z', known)).body.errors).toMatchObject([{ pointer: '/asOf' }]);
    expect((await upload('2026-03-02T08:30:00Z', [...known, known[0] ?? ''])).body.errors).toMatchObject([
      { pointer: '/5/Login', detail: expect.stringContaining('line 2') },
    ]);
    const path = '/connectors/wiki/account-list?asOf=2026-03-02T08:30:00Z';
    expect((await wiki.call('POST', path, 'Name\nAda\n')).body.errors).toMatchObject([
      { detail: expect.stringContaining('column Login') },
    ]);
    expect((await wiki.call('POST', path, 'Login\n', { roles: ['requester'] })).body).toMatchObject({
      code: 'connector.not_owner',
    });
  });

  it('takes the good lines of a list with a wrong one, and nothing counts as gone by it', async () => {
    const { body } = await upload('2026-03-02T08:40:00Z', [`${mail('ada')},Ada,active,Tower`, 'broken,line']);
    expect(body).toMatchObject({ accounts: 1, gone: 0, rejections: [{ line: 3 }] });
    expect(await reading(body.reading)).toMatchObject({ status: 'held', reason: 'incomplete' });
    expect((await wiki.call('GET', '/connectors/wiki/account-list')).body).toMatchObject({ whole: false });
  });

  it('has its changes in a list of tasks, and a list that shows a change confirms it', async () => {
    await wiki.publish(desired('ada', 1, { groups: ['Tower', 'Vault'] }));
    const update = await openTask('update-account');
    expect(update).toMatchObject({ account: mail('ada'), person: { id: personId('ada') } });
    // The list has no column for names: nothing but an answer tells that they are written.
    await wiki.call('POST', `/tasks/${update.id}/confirm`, {});
    expect(await openTask('add-member')).toMatchObject({ account: mail('ada'), entitlement: 'group:Tower' });
    expect((await uploadNow(`${mail('ada')},ada Person,active,Tower`)).body).toMatchObject({ confirmed: 1 });
    await eventually(async () => (await openTask('add-member')).entitlement === 'group:Vault');
    expect((await uploadNow(`${mail('ada')},ada Person,active,Tower;Vault`)).body).toMatchObject({ confirmed: 1 });
    await wiki.inSync('ada', 1);
    expect(await tasks()).toEqual([]);
  });

  it('shows a leaver as gone only when a list or an answer says so', async () => {
    await wiki.publish(leaver('ada', 2));
    expect(await openTask('disable-account')).toMatchObject({ person: { id: personId('ada') } });
    expect((await uploadNow(`${mail('ada')},ada Person,active,Tower;Vault`)).body).toMatchObject({ confirmed: 0 });
    expect((await uploadNow(`${mail('ada')},ada Person,gone,`)).body).toMatchObject({ confirmed: 1 });
    await eventually(async () =>
      (await wiki.results()).some(
        ({ type, body }) =>
          type === 'hub.provisioning.account.disabled.v1' &&
          body.identity === personId('ada') &&
          body.verified === true,
      ),
    );
  });

  it('reminds of a list that is too old', async () => {
    wiki.clock.advance(40 * 86_400_000);
    await eventually(async () => {
      const { stale, reminders } = (await wiki.call('GET', '/connectors/wiki/account-list')).body as {
        stale: boolean;
        reminders: number;
      };
      return stale && reminders > 0;
    });
    const told = (await wiki.published(topics.results)).filter(({ type }) => type.includes('account-list.stale'));
    expect(told.at(-1)?.body).toMatchObject({ connector: 'wiki', applications: ['wiki'] });
  });
});
