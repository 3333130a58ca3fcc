import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { hubDeployment, type Deployment } from '../support/deployment.js';
import type { Answer } from '../support/hub.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';

jest.setTimeout(120_000);

const token = 'legacy-token-51aa';
const within = { timeoutMs: 60_000, everyMs: 250 } as const;
const connector = '/provisioning/v1/connectors/legacy';
const suggestions = '/governance/v1/applications/legacy/access-suggestions';
const there = ['l1', 'l2', 'l3', 'l4'] as const;

interface Held {
  readonly id: string;
  readonly packageId: string;
  readonly identityId: string;
  readonly removal: string | null;
  readonly cause: { readonly type: string; readonly certifiedBy?: string | null };
}
interface Period {
  readonly basis: string;
  readonly group?: string;
  readonly until: string | null;
  readonly lastSeenAt: string | null;
  readonly sinceUnknown: boolean;
}

/** l1 to l4 have an account and a group, l1 and l2 an old group besides; l5 has none; the application is the owner's. */
describe('access that was in an application before the hub', () => {
  let hub: Deployment;
  let app: ScimStub;
  let tokens: Record<'hr' | 'admin' | 'auditor' | 'owner', string>;
  const identities = new Map<string, string>();

  beforeAll(async () => {
    app = await startScimStub({ token });
    const ids = there.map((name) => app.directory.addUser(user(name)).id);
    addGroup('Lab', ids);
    addGroup('Old', ids.slice(0, 2));
    hub = await hubDeployment();
    const [hr, admin, auditor, owner] = await Promise.all([
      hub.token('feed', 'hr-feed'),
      hub.token('admin', 'admin'),
      hub.token('auditor', 'auditor'),
      hub.token('owner', 'requester'),
    ]);
    tokens = { hr, admin, auditor, owner };
    for (const number of ['owner', ...there, 'l5']) {
      const department = number === 'owner' ? 'Law' : 'Lab';
      await done(as('hr', 'PUT', `/hr/v1/workers/${number}`, { ...worker(number), department }));
    }
    for (const number of ['owner', ...there, 'l5'])
      identities.set(number, await eventually(async () => (await identityOf(number)) || undefined, within));
    await done(as('admin', 'PUT', connector, document()));
    const owners = [identities.get('owner')];
    const legacy = { displayName: 'Legacy', connectorId: 'legacy', owners };
    await done(as('admin', 'PUT', '/governance/v1/applications/legacy', legacy));
  }, 120_000);
  afterAll(async () => {
    await hub.discard();
    await app.stop();
  });

  const worker = (number: string): object => ({
    givenName: number,
    familyName: 'Person',
    email: `${number}@corp.example`,
    hireDate: '2020-01-01',
  });
  const user = (name: string): object => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: `${name}@corp.example`,
    active: true,
    name: { givenName: name, familyName: 'Person' },
  });
  const addGroup = (displayName: string, members: readonly string[]): void => {
    const change = (method: string, path: string, body: object): { readonly body: object | null } =>
      app.directory.answer(method, `${app.baseUrl}/Groups${path}`, JSON.stringify(body));
    const { id } = change('POST', '', { displayName }).body as { id: string };
    const value = members.map((member) => ({ value: member }));
    change('PATCH', `/${id}`, { Operations: [{ op: 'add', path: 'members', value }] });
  };
  const document = (): object => ({
    displayName: 'Legacy',
    mode: 'observe',
    protocol: 'scim2',
    baseUrl: app.baseUrl,
    auth: { type: 'bearer', token },
    matching: [{ target: 'userName', source: 'userName' }],
  });
  const as = (who: keyof typeof tokens, method: string, path: string, body?: object): Promise<Answer> =>
    hub.call(method, path, { token: tokens[who], body });
  async function done(answer: Promise<Answer>): Promise<Answer> {
    const { status, text } = await answer;
    if (status >= 300) throw new Error(`answered ${status}: ${text}`);
    return await answer;
  }
  const identityOf = async (number: string): Promise<string> => {
    const path = `/governance/v1/identities?filter=${encodeURIComponent(`employeeId eq "${number}"`)}`;
    const { items } = (await as('admin', 'GET', path)).body as { items: { id: string }[] };
    return items[0]?.id ?? '';
  };
  const held = async (filter: string): Promise<Held[]> =>
    (await as('admin', 'GET', `/governance/v1/assignments?filter=${encodeURIComponent(filter)}`)).body[
      'items'
    ] as Held[];
  const found = (): Promise<Held[]> =>
    held('status eq "active" and cause.type eq "as-found" and not (cause.certifiedBy pr)');
  async function read(): Promise<void> {
    const { body } = await done(as('admin', 'POST', `${connector}/reconcile`, {}));
    await eventually(async () => {
      const reading = await as('admin', 'GET', `${connector}/readings/${String(body['id'])}`);
      return reading.body['status'] === 'completed';
    }, within);
  }
  const membersOf = (name: string): string[] => {
    const { users, groups } = app.dump();
    const ids = groups.find(({ displayName }) => displayName === name)?.members.map(({ value }) => value) ?? [];
    return users
      .filter(({ id }) => ids.includes(id))
      .map(({ userName = '' }) => userName.replace('@corp.example', ''))
      .sort();
  };
  const oldOf = async (number: string): Promise<Held | undefined> =>
    (await held(`packageId eq "as-found:legacy:group:Old" and identityId eq "${identities.get(number)}"`))[0];
  const observedOld = async (number: string): Promise<Period | undefined> => {
    const path = `/audit/v1/identities/${identities.get(number)}/timeline`;
    const { items } = (await as('auditor', 'GET', path)).body as unknown as { items: Period[] };
    return items.find((one) => one.basis === 'observed' && one.group === 'Old');
  };

  it('is held as found once a reading has shown it', async () => {
    // A reading knows the people of whom governance has told by then.
    await eventually(async () => {
      await read();
      return (await found()).length === 10;
    }, within);
    await eventually(async () => (await observedOld('l2'))?.sinceUnknown === true, within);
    expect(await observedOld('l2')).toMatchObject({ until: null });
  });

  it('is explained by a suggested rule, which takes its place after a preview', async () => {
    const [rule] = (await as('admin', 'GET', suggestions)).body['items'] as { id: string; filter: string }[];
    expect(rule).toMatchObject({ kind: 'birthright-rule', filter: 'department eq "Lab"', precision: 0.8, explains: 8 });
    const preview = (await as('admin', 'GET', `${suggestions}/${rule?.id}`)).body;
    expect(preview).toMatchObject({ gains: 1, gaining: [{ employeeId: 'l5' }], replaces: 4 });
    const takenUp = await as('admin', 'POST', `${suggestions}/${rule?.id}/take-up`, { reason: 'Lab', confirm: 1 });
    expect(takenUp.status).toBe(202);
    await eventually(async () => (await found()).length === 2, within);
    expect(membersOf('Old')).toEqual(['l1', 'l2']);
  });

  it('is certified or revoked by an owner of the application, and what was revoked goes with the release', async () => {
    const [kept, revoked] = [await oldOf('l1'), await oldOf('l2')];
    const path = '/governance/v1/assignments';
    await done(as('owner', 'POST', `${path}/${kept?.id}/certify`, { reason: 'Still needs it' }));
    await done(as('owner', 'POST', `${path}/${revoked?.id}/revoke`, { reason: 'Has moved on' }));
    // A preview shows what the connector has been told by then.
    const preview = await eventually(async () => {
      const { body } = await done(as('admin', 'POST', `${connector}/preview`, {}));
      const made = await eventually(async () => {
        const one = await as('admin', 'GET', `${connector}/previews/${String(body['id'])}`);
        return one.body['status'] === 'ready' ? one.body : undefined;
      }, within);
      const { links, creates, removes } = made['counts'] as Record<string, number>;
      return links === 4 && creates === 1 && removes === 1 ? made : undefined;
    }, within);
    expect(app.dump().users).toHaveLength(4);
    await done(as('owner', 'POST', `${connector}/release`, { preview: preview['id'], reason: 'Looked at' }));
    await eventually(() => membersOf('Old').join() === 'l1' && membersOf('Lab').length === 5, within);
    await eventually(async () => (await oldOf('l2'))?.removal === 'done', within);
    expect(await oldOf('l1')).toMatchObject({ cause: { certifiedBy: identities.get('owner') } });
  });

  it('is shown by the audit as observed: until the first reading that missed it', async () => {
    await read();
    await eventually(async () => (await observedOld('l2'))?.until !== null, within);
    const gone = await observedOld('l2');
    expect(gone).toMatchObject({ sinceUnknown: true, lastSeenAt: expect.any(String) });
    expect(Date.parse(gone?.lastSeenAt ?? '')).toBeLessThan(Date.parse(gone?.until ?? ''));
    expect(await observedOld('l1')).toMatchObject({ until: null });
  });
});
