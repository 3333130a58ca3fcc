import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import type { ServiceAnswer } from '../../../../test/support/service-harness.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { RunStep } from './on-demand-run.js';
import type { OnDemandRunView } from './on-demand-runs.store.js';

jest.setTimeout(60_000);

describe('provisioning on demand', () => {
  let wiki: Wiki;
  const writes: string[] = [];

  beforeEach(async () => {
    wiki = await runningWiki();
    writes.length = 0;
    wiki.stub.reply = ({ method, url }) => {
      if (method !== 'GET') writes.push(`${method} ${url}`);
      return null;
    };
  });
  afterEach(() => wiki.stop());

  const ask = (identity: string, more: object = {}): Promise<ServiceAnswer> =>
    wiki.call('POST', '/connectors/wiki/provision-on-demand', { identity, ...more });
  const isKnown = (name: string): Promise<unknown> =>
    eventually(async () => {
      const rows = await wiki.db.query(`select from desired where identity_id = $1::uuid`, [personId(name)]);
      return rows.length > 0;
    });
  /** The run once it is over. */
  const run = async (name: string, more: object = {}): Promise<OnDemandRunView> => {
    const { status, body, headers } = await ask(personId(name), more);
    expect(status).toBe(202);
    const path = headers.get('location')?.replace('/provisioning/v1', '') ?? '';
    const get = async (): Promise<OnDemandRunView> => (await wiki.call('GET', path)).body;
    await eventually(async () => (await get()).status !== 'running');
    expect((await get()).id).toBe(body.id);
    return await get();
  };
  const stepOf = ({ steps }: OnDemandRunView, name: RunStep['name']): RunStep => {
    const found = steps.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no step ${name}`);
    return found;
  };
  const outcomes = ({ steps }: OnDemandRunView): string[] => steps.map(({ name, outcome }) => `${name} ${outcome}`);
  const paused = async (): Promise<void> => {
    const { status, text } = await wiki.call('POST', '/connectors/wiki/pause', {});
    if (status >= 300) throw new Error(text);
  };

  it('makes the account now, and shows every step with its values, requests and answers', async () => {
    await wiki.connect();
    wiki.stub.reply = ({ method }) =>
      method === 'POST' ? { status: 400, body: { detail: 'not today', status: '400' } } : null;
    await wiki.publish(desired('ada', 1, { groups: ['staff'], attributes: { displayName: 'Ada Lovelace' } }));
    await eventually(async () => (await wiki.parked()).length === 1);
    wiki.stub.reply = () => null;
    const done = await run('ada');
    expect(outcomes(done)).toEqual([
      'source done',
      'scope done',
      'match done',
      'values done',
      'calls done',
      'verification done',
    ]);
    expect(stepOf(done, 'source').values).toContainEqual(
      expect.objectContaining({ name: 'displayName', value: 'Ada Lovelace' }),
    );
    expect(stepOf(done, 'values').values).toContainEqual(
      expect.objectContaining({ name: 'displayName', value: 'Ada Lovelace' }),
    );
    expect(stepOf(done, 'verification').values).toEqual(
      expect.arrayContaining([
        { name: 'displayName', value: 'Ada Lovelace', shown: 'Ada Lovelace', isSame: true },
        expect.objectContaining({ name: 'active', isSame: true }),
        expect.objectContaining({ isSame: true, shown: true }),
      ]),
    );
    expect(
      stepOf(done, 'calls').requests.find(({ method, path }) => method === 'POST' && path.endsWith('/Users')),
    ).toMatchObject({
      status: 201,
      answer: expect.stringContaining('Ada Lovelace') as string,
    });
    expect(wiki.members('staff')).toEqual(['ada@corp.example']);
    expect(wiki.users('ada')).toEqual([expect.objectContaining({ displayName: 'Ada Lovelace', active: true })]);
    expect(JSON.stringify(done)).not.toContain('stub-token');
  });

  it('says what the application refused, in its own words', async () => {
    await wiki.connect();
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    wiki.stub.reply = ({ method }) =>
      method === 'PATCH' ? { status: 400, body: { detail: 'displayName is too long', status: '400' } } : null;
    await wiki.publish(desired('bob', 2, { attributes: { displayName: 'Bob' } }));
    await eventually(async () => (await wiki.parked()).length === 1);
    const done = await run('bob');
    const calls = stepOf(done, 'calls');
    expect([done.status, calls.outcome]).toEqual(['failed', 'failed']);
    expect(calls.detail).toContain('displayName is too long');
    expect(calls.requests.find(({ method }) => method === 'PATCH')).toMatchObject({
      status: 400,
      body: expect.stringContaining('"Bob"') as string,
      answer: expect.stringContaining('displayName is too long') as string,
    });
    expect(stepOf(done, 'verification').outcome).toBe('failed');
  });

  it('shows in a dry run what would be sent, and sends none of it', async () => {
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(desired('cora', 1, { groups: ['staff'] }));
    await isKnown('cora');
    const done = await run('cora', { dryRun: true });
    const calls = stepOf(done, 'calls');
    expect([done.kind, done.status, stepOf(done, 'verification').outcome]).toEqual(['dry-run', 'completed', 'skipped']);
    expect(calls.detail).toContain('create-account, add-member staff');
    const post = calls.requests.find(({ method, path }) => method === 'POST' && path.endsWith('/Users'));
    expect(post).toMatchObject({ status: null, answer: null });
    expect(JSON.parse(post?.body ?? '{}')).toMatchObject({
      userName: 'cora@corp.example',
      externalId: personId('cora'),
    });
    expect(calls.requests.some(({ method, path }) => method === 'POST' && path.endsWith('/Groups'))).toBe(true);
    expect([writes, wiki.users('cora')]).toEqual([[], []]);
  });

  it('does not go round the release of a connector, nor round its pause', async () => {
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(desired('dan', 1));
    await isKnown('dan');
    expect((await ask(personId('dan'))).body).toMatchObject({ status: 409, code: 'connector.observes' });
    await paused();
    expect((await ask(personId('dan'), { dryRun: true })).body).toMatchObject({ code: 'connector.paused' });
    expect(writes).toEqual([]);
  });

  it('disables the account of a leaver, and shows what proves it', async () => {
    await wiki.connect();
    await wiki.publish(desired('eve', 1));
    await wiki.inSync('eve', 1);
    await wiki.publish(leaver('eve', 2));
    await eventually(() => wiki.users('eve')[0]?.active === false);
    const done = await run('eve');
    expect([done.status, stepOf(done, 'scope').outcome]).toEqual(['completed', 'skipped']);
    expect(stepOf(done, 'verification').values).toContainEqual({
      name: 'active',
      value: false,
      shown: false,
      isSame: true,
    });
  });

  it('says so where nothing is desired, and names what is wrong with the question', async () => {
    await wiki.connect();
    const done = await run('nobody');
    expect([done.status, stepOf(done, 'source').outcome]).toEqual(['failed', 'failed']);
    expect((await ask('nobody')).body).toMatchObject({ status: 400, errors: [{ pointer: '/identity' }] });
    const missing = await wiki.call('POST', '/connectors/other/provision-on-demand', { identity: personId('ada') });
    expect(missing.body).toMatchObject({ status: 404, code: 'connector.not_defined' });
  });
});
