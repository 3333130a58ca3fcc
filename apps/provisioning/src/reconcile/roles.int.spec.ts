import { jest } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.js';
import { BillingApi } from '../../../../test/targets/billing-api.js';
import { desired, leaver, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

describe('roles by the application’s own API', () => {
  let wiki: Wiki;
  let billing: BillingApi;
  /** The beginning of each call that changes something, in order. */
  let changes: string[];

  beforeEach(async () => {
    wiki = await runningWiki();
    billing = new BillingApi(() => wiki.stub.dump().users.map(({ id }) => id));
    changes = [];
    wiki.stub.onRequest = (method, url) => {
      if (method !== 'GET')
        changes.push(`${method} ${url.split('/')[1] === 'api' ? 'role' : (url.split('/')[3] ?? '')}`);
    };
    wiki.stub.reply = (request) => billing.answer(request);
  });
  afterEach(() => wiki.stop());

  const connect = (roles: object = {}, more: object = {}): Promise<void> => {
    const rest = BillingApi.description(`http://127.0.0.1:${wiki.stub.port}`);
    return wiki.connect({ rest: { ...rest, roles: { ...(rest['roles'] as object), ...roles } }, ...more });
  };
  const held = (name: string): readonly string[] => wiki.users(name).flatMap(({ id }) => billing.heldBy(id));
  const outcomes = async (name: string): Promise<string[]> =>
    (await wiki.results())
      .filter(({ type, body }) => body.identity === personId(name) && type.includes('.role.'))
      .map(({ type, body }) => `${type.split('.')[3] ?? ''} ${body.role ?? ''} ${body.verified ?? body.seen ?? ''}`);
  const ada = (sequence: number, roles: readonly string[]) => desired('ada', sequence, { groups: ['Staff'], roles });

  it('are granted after the account and its groups, and taken away before them', async () => {
    await connect();
    await wiki.publish(ada(1, ['Approver', 'Auditor']));
    await wiki.inSync('ada', 1);
    expect(held('ada')).toEqual(['Approver', 'Auditor']);
    expect(changes.filter((call) => call !== 'POST Groups')).toEqual([
      'POST Users',
      'PATCH Groups',
      'POST role',
      'POST role',
    ]);
    const account = (await wiki.call('GET', '/connectors/wiki/accounts')).body.items[0];
    expect(account).toMatchObject({ groups: ['Staff'], roles: ['Approver', 'Auditor'] });
    changes = [];
    await wiki.publish(desired('ada', 2, { active: false }));
    await wiki.inSync('ada', 2);
    expect(held('ada')).toEqual([]);
    expect(changes).toEqual(['DELETE role', 'DELETE role', 'PATCH Groups', 'PATCH Users']);
    expect(await outcomes('ada')).toEqual([
      'granted Approver yes',
      'granted Auditor yes',
      'revoked Approver true',
      'revoked Auditor true',
    ]);
  });

  it('go from a leaver, whose account is disabled first', async () => {
    await connect();
    await wiki.publish(ada(1, ['Approver']));
    await wiki.inSync('ada', 1);
    changes = [];
    await wiki.publish(leaver('ada', 2));
    await wiki.inSync('ada', 2);
    expect(held('ada')).toEqual([]);
    expect(changes).toEqual(['PATCH Users', 'DELETE role', 'PATCH Groups']);
  });

  it('a lost answer does not grant a role twice', async () => {
    await connect();
    wiki.stub.reply = (request) => {
      const answer = billing.answer(request);
      const isGrant = request.method === 'POST' && answer !== null && billing.changes.length === 1;
      return isGrant ? { status: 502, body: '' } : answer;
    };
    await wiki.publish(ada(1, ['Approver']));
    await wiki.inTime(async () => (await outcomes('ada')).length === 1);
    expect(held('ada')).toEqual(['Approver']);
    expect(billing.changes.map(({ method }) => method)).toEqual(['POST']);
  });

  it('a role that is shown later is waited for, and granted once', async () => {
    await connect({ eventually: 'PT1M' });
    billing.faults.hiddenReadings = 3;
    await wiki.publish(ada(1, ['Approver']));
    await wiki.inTime(async () => (await outcomes('ada')).length === 1);
    expect(held('ada')).toEqual(['Approver']);
    expect(billing.changes.map(({ method }) => method)).toEqual(['POST']);
  });

  it('an answer without an effect is no delivery', async () => {
    await connect();
    billing.faults.forgets = true;
    await wiki.publish(ada(1, ['Approver']));
    const failed = async (): Promise<unknown> =>
      (await wiki.results()).find(({ body }) => body.kind === 'grant-role' && body.code === 'silent-failure');
    await eventually(async () => (await failed()) !== undefined);
    expect(await outcomes('ada')).toEqual([]);
  });

  it('an application that refuses is quoted, and the account waits for a person', async () => {
    await connect();
    billing.faults.refuse = { status: 422, body: { error: { code: 'licence', message: 'no licence is left' } } };
    await wiki.publish(ada(1, ['Approver']));
    // A new account is not known everywhere at once: its refusal counts after a minute.
    await wiki.inTime(async () => (await wiki.parked()).length === 1);
    expect((await wiki.parked())[0]).toMatchObject({ code: 'validation', detail: 'no licence is left' });
  });

  it('a role that the application does not have waits for a person', async () => {
    await connect();
    await wiki.publish(ada(1, ['Owner']));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect((await wiki.parked())[0]).toMatchObject({ code: 'role-missing' });
    expect(wiki.members('Staff')).toEqual(['ada@corp.example']);
  });

  it('are named by their ids in packages, where the connector says so', async () => {
    await connect({}, { groups: { mode: 'by-id' } });
    await wiki.publish(desired('ada', 1, { roles: ['r2'] }));
    await wiki.inSync('ada', 1);
    expect(held('ada')).toEqual(['Approver']);
    await wiki.publish(desired('ada', 2));
    await wiki.inSync('ada', 2);
    expect(held('ada')).toEqual([]);
  });

  it('a call has the key of its operation', async () => {
    await connect();
    await wiki.publish(ada(1, ['Approver']));
    await wiki.inSync('ada', 1);
    const [granted] = (await wiki.results()).filter(({ body }) => body.kind === 'grant-role');
    expect(billing.changes[0]?.key).toBe(granted?.body.operation);
  });

  it('wait for a connector that grants roles, and are granted by it', async () => {
    await wiki.connect();
    await wiki.publish(ada(1, ['Approver']));
    await eventually(async () => (await wiki.parked()).length === 1);
    expect((await wiki.parked())[0]).toMatchObject({ code: 'not-grantable' });
    await connect();
    await wiki.inTime(() => held('ada').length === 1);
  });
});
