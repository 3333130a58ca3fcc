import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { connectorDefined, connectorStateRequested } from '#libs/contracts/connectors.js';
import {
  desiredAccessChanged,
  desiredAccessRestated,
  type DesiredAccessMessage,
  type DesiredAccessRestatedMessage,
} from '#libs/contracts/desired-access.js';
import { topics } from '#libs/contracts/topics.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { eventually } from '../../../test/support/eventually.js';
import { some } from '../../../test/support/some.js';
import { hrMessage, idOf, identityOf, worker, type RunningGovernance } from './governance.fixtures.js';
import { engineer, expectContractsKept, team, wikiCompany } from './wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

describe('input that a database could not hold, or a list never gave', () => {
  it.each(['identities', 'requests', 'assignments', 'approvals', 'applications', 'access-packages'])(
    'is refused as a cursor of %s',
    async (list) => {
      for (const key of [['\0'], [5], [null], ['a', 'b']]) {
        const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
        const { status, body } = await hub.call('GET', `/${list}?cursor=${cursor}`, undefined, {
          roles: ['policy-admin', 'approver'],
        });
        expect([status, body.errors[0].pointer]).toEqual([400, '/cursor']);
      }
    },
  );
  it('is refused in texts and paths', async () => {
    const app = { displayName: 'a\0', connectorId: 'wiki' };
    expect((await hub.call('PUT', '/applications/nul', app)).body.errors).toMatchObject([{ pointer: '/displayName' }]);
    for (const path of ['/applications/%00', `/identities/${idOf('x')}/access/%00/explanation`])
      expect((await hub.call('GET', path)).status).toBe(400);
  });
});

describe('publishing again', () => {
  const ask = (from: string, roles = ['policy-admin']) => hub.call('POST', '/republications', { from }, { roles });

  it('sends the same messages again, of which nothing follows', async () => {
    await hub.quiet();
    const ids = async () => (await hub.published(topics.catalog)).map(({ id }) => id);
    const before = await ids();
    expect(before.length).toBeGreaterThan(0);
    const from = new Date(Date.parse(hub.clock.now()) - 3_600_000).toISOString();
    const { status, body } = await ask(from);
    expect([status, body]).toEqual([202, { service: 'governance', from }]);
    await eventually(async () => (await ids()).length === 2 * before.length);
    expect(await ids()).toEqual([...before, ...before]);
    const facts = async () => (await hub.db.query<{ n: number }>(`select count(*)::int as n from events`))[0]?.n;
    const stored = await facts();
    await hub.quiet();
    expect(await facts()).toBe(stored);
  });

  it('is refused for an instant to come, for one that consumers forget, and without the role', async () => {
    const at = (days: number) => new Date(Date.parse(hub.clock.now()) + days * 86_400_000).toISOString();
    for (const from of [at(1), at(-14), 'yesterday']) {
      const { status, body } = await ask(from);
      expect([status, body.errors[0].pointer]).toEqual([400, '/from']);
    }
    expect((await ask(at(-1), ['hr-operator', 'auditor'])).status).toBe(403);
  });
});

describe('a connector that asks for its state', () => {
  it('gets the newest message of everybody again, the same as it was, and then the end mark', async () => {
    await team(hub, '1401', '1402');
    await hub.quiet();
    const asking = {
      ...hrMessage('hired', worker('none')),
      topic: topics.connectors,
      key: 'wiki',
      source: '/provisioning/connector-wiki',
      type: connectorStateRequested,
      subject: 'wiki',
      id: uuidv7(),
      body: { connector: 'wiki', applications: ['wiki'] },
    };
    const before = await hub.published(topics.desiredAccess);
    await hub.publish(asking);
    const after = await eventually(async () => {
      const all = (await hub.published(topics.desiredAccess)).slice(before.length);
      return all.at(-1)?.type === 'hub.governance.desired-access.restated.v1' ? all : undefined;
    });
    // Twice: the same request redelivered changes nothing.
    await hub.publish(asking);
    await hub.stated(hrMessage('hired', worker('after-restatement', { employmentType: 'guest' })));
    await hub.quiet();
    expect((await hub.published(topics.desiredAccess)).length).toBe(before.length + after.length);
    const newest = new Map(
      before.filter(({ application }) => application === 'wiki').map((message) => [message.key, message]),
    );
    expect(newest.size).toBe(2);
    expect(after.at(-1)?.body).toEqual({ application: 'wiki', count: newest.size });
    expect(new Map(after.slice(0, -1).map((message) => [message.key, message]))).toEqual(newest);
  });
});

describe('a connector that says what it reads of people', () => {
  let sequence = 0;
  const reads = async (...sources: string[]): Promise<void> => {
    sequence += 1;
    await hub.publish({
      ...hrMessage('hired', worker('none')),
      topic: topics.connectors,
      key: 'wiki',
      source: '/provisioning/connector-wiki',
      type: connectorDefined,
      subject: 'wiki',
      id: uuidv7(),
      sequence,
      epoch: 2,
      body: { connector: 'wiki', displayName: 'Wiki', mode: 'enforce', protocol: 'scim2', status: 'running', sources },
    });
  };
  const newest = async () => {
    const messages = (await hub.published(topics.desiredAccess)).filter(({ type }) => type === desiredAccessChanged);
    return new Map(
      (messages as PublicMessage<DesiredAccessMessage>[]).map(({ body }) => [body.identity, body.accounts[0]]),
    );
  };
  const closed = async (sources: readonly string[]) =>
    await eventually(async () => {
      const { type, body } = (await hub.published(topics.desiredAccess)).at(-1) ?? {};
      const isEnd = type === desiredAccessRestated;
      return isEnd && isDeepStrictEqual((body as DesiredAccessRestatedMessage).sources, sources);
    });

  it('gets that of everybody, closed by the end mark, and from then on nothing else', async () => {
    await team(hub, '1501', '1502');
    await hub.quiet();
    expect((await newest()).get(identityOf('1501'))).not.toHaveProperty('sources');
    await reads('userName', 'department');
    await closed(['department', 'userName']);
    const accounts = await newest();
    expect(accounts.size).toBeGreaterThan(2);
    for (const account of some([...accounts.values()]))
      expect(account).toMatchObject({ sources: ['department', 'userName'] });
    const attributes = { userName: 'e1501@example.org', department: 'Engineering' };
    expect(accounts.get(identityOf('1501'))?.attributes).toEqual(attributes);
    await team(hub, '1503', '1504');
    expect(Object.keys((await newest()).get(identityOf('1503'))?.attributes ?? {}).sort()).toEqual([
      'department',
      'userName',
    ]);
  });

  it('is sent nothing again when it says the same, nor when HR changes what it does not read', async () => {
    await hub.quiet();
    const before = await hub.published(topics.desiredAccess);
    await reads('department', 'userName');
    await hub.stated(hrMessage('changed', engineer('1501', { jobTitle: 'Lead' }), 2));
    await hub.quiet();
    expect(await hub.published(topics.desiredAccess)).toHaveLength(before.length);
  });

  it('gets what it reads next by a job, whose cause is what it said', async () => {
    await reads('jobTitle');
    await closed(['jobTitle']);
    expect((await newest()).get(identityOf('1501'))?.attributes).toEqual({ jobTitle: 'Lead' });
    const said = (await hub.published(topics.connectors)).at(-1);
    const end = (await hub.published(topics.desiredAccess)).at(-1);
    expect(end).toMatchObject({ causationId: said?.id, correlationId: said?.correlationId });
    const { body } = await hub.call('GET', `/jobs/${said?.id ?? ''}`);
    expect(body).toMatchObject({ status: 'completed', change: { kind: 'connector', id: 'wiki' }, gained: 0, lost: 0 });
  });
});

describe('everything published', () => {
  it('keeps its contract, and holds nothing personal outside of what is marked so', () => expectContractsKept(hub));
});
