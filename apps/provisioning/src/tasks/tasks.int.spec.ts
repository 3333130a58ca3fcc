import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { root } from '../../../../test/support/processes.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';
import type { TaskView } from './tasks.query.js';

jest.setTimeout(60_000);

const key = Buffer.alloc(24, 7);
/** A document of `docs/connectors`. */
const described = (name: string): object =>
  JSON.parse(readFileSync(join(root, `docs/connectors/${name}.json`), 'utf8')) as object;
const secret = `whsec_${key.toString('base64')}`;

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program that takes tasks. */
async function taskProgram() {
  const taken: Taken[] = [];
  const state = { status: 204 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      taken.push({ headers: request.headers, body });
      response.writeHead(state.status).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { taken, state, url: `http://127.0.0.1:${port}/tasks`, stop: () => server.close() };
}

let wiki: Wiki;
let program: Awaited<ReturnType<typeof taskProgram>>;
beforeAll(async () => {
  [wiki, program] = await Promise.all([runningWiki(), taskProgram()]);
  await wiki.connect({ baseUrl: null, auth: null, ...described('by-people') });
});
afterAll(async () => {
  await wiki.stop();
  program.stop();
});

const all = async (state = 'open'): Promise<readonly TaskView[]> =>
  (await wiki.call('GET', `/tasks?state=${state}`)).body.items as TaskView[];
/** The open task of this kind, once it is there. */
const open = (name: string, kind: TaskView['kind']): Promise<TaskView> =>
  eventually(async () => (await all()).find((one) => one.kind === kind && one.person?.id === personId(name)));
const answer = (task: TaskView, how: 'confirm' | 'refuse', body: object = {}) =>
  wiki.call('POST', `/tasks/${task.id}/${how}`, body);
const resultsOf = async (name: string, type: string) =>
  (await wiki.results()).filter(
    (result) => result.type === `hub.provisioning.${type}.v1` && result.body.identity === personId(name),
  );

describe('an application without an API', () => {
  it('has each change made by a person: access counts only when it is confirmed', async () => {
    await wiki.publish(desired('ada', 1, { groups: ['Tower'] }));
    const create = await open('ada', 'create-account');
    expect(create).toMatchObject({
      status: 'open',
      told: 'owners',
      wanted: true,
      account: null,
      entitlement: 'account',
      values: expect.objectContaining({ userName: 'ada@corp.example' }),
      dueAt: '2026-03-05T09:00:00.000Z',
    });
    expect(await resultsOf('ada', 'account.created')).toEqual([]);
    expect((await answer(create, 'confirm', { account: 'K-1' })).body).toMatchObject({
      status: 'confirmed',
      account: 'K-1',
    });
    const member = await open('ada', 'add-member');
    expect(member).toMatchObject({ account: 'K-1', entitlement: 'group:Tower', values: null });
    expect(await resultsOf('ada', 'account.created')).toMatchObject([{ body: { account: 'K-1', seen: 'yes' } }]);
    await answer(member, 'confirm');
    await wiki.inSync('ada', 1);
    expect(await resultsOf('ada', 'membership.added')).toMatchObject([{ body: { seen: 'yes' } }]);
    expect((await answer(member, 'confirm')).status).toBe(200);
    expect(await all()).toEqual([]);
  });

  it('parks an account with the words of the person who refuses, and gives the task again on retry', async () => {
    await wiki.publish(desired('ada', 2, { groups: ['Tower', 'Vault'] }));
    const first = await open('ada', 'add-member');
    expect((await answer(first, 'refuse', {})).body.errors).toMatchObject([{ pointer: '/reason' }]);
    await answer(first, 'refuse', { reason: 'The vault is full' });
    await eventually(async () => (await wiki.parked()).length === 1);
    const [parked] = (await wiki.call('GET', '/cases')).body.items as { id: string; words: string }[];
    expect(parked?.words).toContain('The vault is full');
    expect((await answer(first, 'confirm')).body).toMatchObject({ code: 'task.not_open' });
    await wiki.call('POST', `/cases/${parked?.id ?? ''}/retry`, {});
    const again = await open('ada', 'add-member');
    expect(again.id).not.toBe(first.id);
    await answer(again, 'confirm');
    await wiki.inSync('ada', 2);
  });

  it('withdraws what is not wanted any more, and reminds of what nobody answers', async () => {
    await wiki.publish(desired('ada', 3, { groups: ['Tower'] }));
    const removal = await open('ada', 'remove-member');
    wiki.clock.advance(86_400_000);
    await eventually(async () => (await open('ada', 'remove-member')).reminders === 1);
    await wiki.publish(leaver('ada', 4));
    const disable = await open('ada', 'disable-account');
    expect((await wiki.call('GET', `/tasks/${removal.id}`)).body).toMatchObject({ status: 'withdrawn' });
    await wiki.inTime(async () => {
      const { items } = (await wiki.call('GET', '/exposures')).body as { items: { code: string }[] };
      return items.length === 1;
    }, 2_000);
    await answer(disable, 'confirm');
    const first = await open('ada', 'remove-member');
    await answer(first, 'confirm');
    const second = await open('ada', 'remove-member');
    await answer(second, 'confirm');
    expect([first.entitlement, second.entitlement].sort()).toEqual(['group:Tower', 'group:Vault']);
    await wiki.inSync('ada', 4);
    expect(await resultsOf('ada', 'account.disabled')).toMatchObject([{ body: { verified: true } }]);
    await wiki.inTime(async () => ((await wiki.call('GET', '/exposures')).body.items as unknown[]).length === 0, 2_000);
    const told = (await wiki.published(topics.results)).filter(({ type }) => type.startsWith('hub.provisioning.task.'));
    expect(new Set(told.map(({ type }) => type.split('.')[3]))).toEqual(
      new Set(['given', 'reminded', 'confirmed', 'refused', 'withdrawn']),
    );
    expect(told.find(({ type }) => type.includes('refused'))?.body).toMatchObject({ reason: 'The vault is full' });
  });

  it('is a case when nobody answers in time, until somebody does', async () => {
    await wiki.publish(desired('cleo', 1));
    const create = await open('cleo', 'create-account');
    const tasks = async () =>
      (await wiki.call('GET', `/cases?filter=${encodeURIComponent('kind eq "task"')}`)).body.items;
    expect(await tasks()).toEqual([]);
    wiki.clock.advance(3 * 86_400_000 + 1_000);
    expect(await tasks()).toMatchObject([
      { id: create.id, code: 'task-overdue', person: { id: personId('cleo') }, dueAt: create.dueAt, overdue: true },
    ]);
    expect(await wiki.metrics()).toContain('hub_cases_overdue{connector="wiki",kind="task"} 1');
    await answer(create, 'confirm', { account: 'K-9' });
    expect(await tasks()).toEqual([]);
    await wiki.inSync('cleo', 1);
  });

  it('sends each task to a program, signed, again under the same id until it is taken', async () => {
    expect(
      (
        await wiki.call('PUT', '/connectors/wiki', {
          protocol: 'webhook',
          mode: 'enforce',
          baseUrl: program.url,
          auth: { type: 'standard-webhooks', secret: 'short' },
        })
      ).body.errors,
    ).toMatchObject([{ pointer: '/auth/secret' }]);
    program.state.status = 503;
    const auth = { type: 'standard-webhooks', secret };
    await wiki.connect({ ...described('by-program'), baseUrl: program.url, auth });
    await wiki.publish(desired('bob', 1));
    await eventually(() => program.taken.length === 1);
    expect(await open('bob', 'create-account')).toMatchObject({ told: 'webhook', sentAt: null });
    program.state.status = 204;
    await wiki.inTime(() => program.taken.length > 1, 5_000);
    const task = await open('bob', 'create-account');
    await eventually(async () => (await open('bob', 'create-account')).sentAt !== null);
    const ids = new Set(program.taken.map(({ headers }) => headers['webhook-id']));
    expect(ids).toEqual(new Set([task.id]));
    const { headers, body } = program.taken.at(-1) as Taken;
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(JSON.parse(body)).toMatchObject({
      type: 'task.given',
      data: { task: task.id, kind: 'create-account', values: { userName: 'bob@corp.example' } },
    });
    await answer(task, 'confirm');
    await wiki.inSync('bob', 1);
  });

  it('gives no task that the program refuses, and keeps its words', async () => {
    program.state.status = 422;
    await wiki.publish(desired('eve', 1));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect(await all()).toEqual([]);
    program.state.status = 204;
  });

  it('shows tasks to owners of the application, and to nobody else', async () => {
    const asked = await wiki.call('GET', '/tasks?state=all', undefined, { roles: ['requester'] });
    expect(asked.body.items).toEqual([]);
    const [some] = await all('all');
    expect((await wiki.call('GET', `/tasks/${some?.id ?? ''}`, undefined, { roles: ['approver'] })).status).toBe(404);
    expect((await wiki.call('POST', `/tasks/${some?.id ?? ''}/confirm`, {}, { roles: ['requester'] })).status).toBe(
      404,
    );
    const [seen] = (await wiki.call('GET', '/tasks?state=all', undefined, { roles: ['auditor'] })).body
      .items as TaskView[];
    expect(seen?.values).toBeNull();
  });
});
