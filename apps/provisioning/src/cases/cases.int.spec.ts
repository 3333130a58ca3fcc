import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { some } from '../../../../test/support/some.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { OnDemandRunView } from '../on-demand/on-demand-runs.store.js';
import type { CaseGroup, CaseView } from './cases.query.js';

jest.setTimeout(60_000);

let wiki: Wiki;
const names = ['ada', 'bob', 'carl'];
/** Refuses accounts without department, with the name in its words. */
const refusing = () => {
  wiki.stub.reply = ({ method, body }) => {
    if (method !== 'POST') return null;
    const { userName = '', title } = JSON.parse(body) as { userName?: string; title?: string };
    const detail = `User "${userName}" has no title (request ${userName.length * 17})`;
    return title === undefined ? { status: 422, body: { status: '422', detail } } : null;
  };
};
beforeAll(async () => {
  wiki = await runningWiki();
  await wiki.connect({ mapping: [{ target: 'title', type: 'direct', source: 'jobTitle' }] });
  await wiki.publish(desired('lea', 1, { attributes: { jobTitle: 'Editor' } }));
  await wiki.inSync('lea', 1);
  refusing();
  await wiki.publish(...names.map((name) => desired(name, 1)));
  await eventually(async () => (await list()).length === 3);
});
afterAll(() => wiki.stop());

const list = async (filter = ''): Promise<readonly CaseView[]> =>
  (await wiki.call('GET', `/cases?filter=${encodeURIComponent(filter)}`)).body.items as CaseView[];
const groups = async (): Promise<readonly CaseGroup[]> =>
  (await wiki.call('GET', '/cases/groups')).body.groups as CaseGroup[];
const idOf = (name: string): string => `${personId(name)}.wiki`;
const post = (name: string, action: string, body: object = {}, roles?: string[]) =>
  wiki.call('POST', `/cases/${idOf(name)}/${action}`, body, roles === undefined ? {} : { roles });

describe('cases', () => {
  it('are one list, with kind, owner, due time and the words of the application, grouped by root cause', async () => {
    expect((await list()).map(({ person }) => person?.id).sort()).toEqual(names.map(personId).sort());
    for (const one of some(await list()))
      expect(one).toMatchObject({
        kind: 'parked',
        code: 'validation',
        application: { id: 'wiki' },
        words: expect.stringContaining('has no title'),
        assignee: null,
        comments: 0,
        dueAt: '2026-03-05T09:00:00.000Z',
        overdue: false,
      });
    expect(await groups()).toMatchObject([{ connector: 'wiki', kind: 'parked', count: 3, overdue: 0 }]);
    expect((await groups())[0]?.cause).toMatch(/^validation: user … has no title/);
    expect(await wiki.metrics()).toContain('hub_cases_open{connector="wiki",kind="parked"} 3');
  });

  it('are commented and given to somebody, with who and when, in the log too', async () => {
    const assignee = personId('grace');
    await post('ada', 'comments', { text: 'Asked the vendor' });
    const { body } = await post('ada', 'assign', { assignee }, ['security']);
    expect(body).toMatchObject({ assignee, comments: 1, notes: [{ text: 'Asked the vendor', at: wiki.clock.now() }] });
    expect(await list(`assignee eq "${assignee}"`)).toMatchObject([{ id: idOf('ada') }]);
    const told = (await wiki.published(topics.operators)).filter(({ type }) => type.includes('.case.'));
    expect(told.map(({ body: said }) => said)).toMatchObject([
      { case: idOf('ada'), text: 'Asked the vendor' },
      { case: idOf('ada'), assignee },
    ]);
    expect((await post('ada', 'comments', { text: ' ' })).body.errors).toMatchObject([{ pointer: '/text' }]);
    expect((await post('nobody', 'comments', { text: 'x' })).status).toBe(404);
  });

  it('are dismissed with a reason, and a case without a parked account is refused', async () => {
    expect((await post('carl', 'dismiss')).body.errors).toMatchObject([{ pointer: '/reason' }]);
    expect((await post('carl', 'dismiss', { reason: 'He stays outside' })).body).toEqual({ resolved: 1 });
    expect((await list()).map(({ id }) => id).sort()).toEqual([idOf('ada'), idOf('bob')].sort());
    expect((await post('carl', 'retry')).status).toBe(404);
  });

  it('that are alike are tried again with one call, after what caused them is corrected', async () => {
    await wiki.publish(desired('dan', 1));
    await eventually(async () => (await list()).length === 3);
    wiki.stub.reply = () => null;
    expect((await post('ada', 'retry', { alike: true })).body).toEqual({ resolved: 3 });
    for (const name of ['ada', 'bob', 'dan']) await wiki.inSync(name, 1);
    expect([await list(), await groups()]).toEqual([[], []]);
  });

  it('join an exposure and its parked account, and list what fails for more than an hour, with a deadline', async () => {
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'PATCH', refuseWith: 422 };
    await wiki.publish(leaver('lea', 2));
    await wiki.inTime(async () => (await list()).some(({ kind }) => kind === 'exposure'), 2_000);
    expect(await list()).toMatchObject([{ id: idOf('lea'), kind: 'exposure', code: 'validation' }]);
    wiki.stub.faults = {};
    await post('lea', 'retry');
    await wiki.inTime(async () => (await list()).length === 0, 2_000);
    wiki.stub.faults = { refuseEvery: 1, refuseMethod: 'POST', refuseWith: 500 };
    await wiki.publish(desired('eve', 1));
    await wiki.inTime(async () => (await list()).some(({ kind }) => kind === 'failing'), 600_000);
    expect(await list()).toMatchObject([{ id: idOf('eve'), kind: 'failing', code: 'unavailable' }]);
  });

  it('are corrected by another mapping, which is tried before, and run for all that are alike', async () => {
    wiki.stub.faults = {};
    await wiki.inTime(async () => (await list()).length === 0, 2_000);
    refusing();
    await wiki.publish(desired('gil', 1), desired('hal', 1));
    await eventually(async () => (await list()).length === 2);
    const constant = [{ target: 'title', type: 'constant', value: 'Writer' }];
    const tried = await wiki.call('POST', '/connectors/wiki/provision-on-demand', {
      identity: personId('gil'),
      dryRun: true,
      mapping: constant,
    });
    const path = `/connectors/wiki/on-demand-runs/${tried.body.id as string}`;
    await eventually(async () => (await wiki.call('GET', path)).body.status !== 'running');
    const { steps } = (await wiki.call('GET', path)).body as unknown as OnDemandRunView;
    expect(steps.find(({ name }) => name === 'values')?.values).toContainEqual({
      name: 'title',
      value: 'Writer',
      shown: null,
      isSame: false,
    });
    const [request] =
      steps.find(({ name }) => name === 'calls')?.requests.filter(({ method }) => method === 'POST') ?? [];
    expect(request?.body).toContain('"title":"Writer"');
    expect(wiki.users('gil')).toEqual([]);
    const wrong = await wiki.call('POST', '/connectors/wiki/provision-on-demand', {
      identity: personId('gil'),
      mapping: constant,
    });
    expect(wrong.body.errors).toMatchObject([{ pointer: '/dryRun' }]);
    expect((await post('gil', 'redrive', { reason: 'No title' })).body.errors).toMatchObject([{ pointer: '/mapping' }]);
    const { id } = (await list()).find((one) => one.person?.id === personId('gil')) ?? { id: '' };
    const done = await post('gil', 'redrive', {
      mapping: constant,
      alike: true,
      reason: 'Titles come from the vendor',
    });
    expect(done.body).toEqual({ resolved: 2 });
    for (const name of ['gil', 'hal']) await eventually(() => wiki.users(name).length === 1);
    expect(await list(`id eq "${id}"`)).toEqual([]);
    expect((await wiki.call('GET', '/connectors/wiki')).body.mapping).toMatchObject(constant);
    const told = (await wiki.published(topics.operators)).filter(({ type }) => type.includes('.case.'));
    expect(told.at(-1)?.body).toMatchObject({ text: 'Titles come from the vendor' });
  });
});
