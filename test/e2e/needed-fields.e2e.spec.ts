import { jest } from '@jest/globals';
import { hubDeployment, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';

jest.setTimeout(120_000);

const token = 'token-4c1d';
const within = { timeoutMs: 30_000 };
const title = { target: 'title', type: 'direct', source: 'jobTitle' };
const division = { target: 'displayName', type: 'expression', expression: '[displayName] & " " & [division]' };

interface Access {
  readonly items: readonly {
    readonly accounts: readonly {
      readonly attributes: Record<string, unknown>;
      readonly sources?: readonly string[];
    }[];
  }[];
}

describe('what travels of a person to the connector of an application', () => {
  let hub: Deployment;
  let wiki: ScimStub;
  let tokens: { admin: string; hr: string };
  let identity = '';

  beforeAll(async () => {
    wiki = await startScimStub({ token });
    hub = await hubDeployment();
    tokens = { admin: await hub.token('the-admin', 'admin'), hr: await hub.token('the-hr', 'hr-feed') };
    await connect({});
    await put('/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
    await put('/governance/v1/access-packages/staff', {
      displayName: 'Staff',
      grants: [{ application: 'wiki', account: true }],
    });
    const rule = { displayName: 'All', filter: 'status eq "active"', packages: ['staff'] };
    await put('/governance/v1/birthright-rules/all', rule);
    await state('301', { jobTitle: 'Analyst', division: 'North', birthDate: '1990-01-01' });
    await eventually(() => account('ada301') !== undefined, within);
    const found = await get<{ items: { id: string }[] }>(
      `/governance/v1/identities?filter=${encodeURIComponent('employeeId eq "301"')}`,
    );
    identity = found.items[0]?.id ?? '';
  });
  afterAll(async () => {
    await hub.discard();
    await wiki.stop();
  });

  async function put(path: string, body: object, as = tokens.admin): Promise<unknown> {
    const answer = await hub.call('PUT', path, { token: as, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }
  const get = async <Body>(path: string): Promise<Body> =>
    (await hub.call<Body>('GET', path, { token: tokens.admin })).body;
  const document = (more: object): object => ({
    mode: 'enforce',
    protocol: 'scim2',
    baseUrl: wiki.baseUrl,
    auth: { type: 'bearer', token },
    ...more,
  });
  const connect = (more: object, query = ''): Promise<unknown> =>
    put(`/provisioning/v1/connectors/wiki${query}`, document(more));
  const state = (employeeId: string, more: object): Promise<unknown> => {
    const names = { givenName: 'Ada', familyName: employeeId, email: `ada${employeeId}@corp.example` };
    return put(`/hr/v1/workers/${employeeId}`, { ...names, hireDate: '2020-01-01', ...more }, tokens.hr);
  };
  const account = (name: string) => wiki.dump().users.find(({ userName }) => userName === `${name}@corp.example`);
  const carried = async () => (await get<Access>(`/governance/v1/identities/${identity}/access`)).items[0]?.accounts[0];
  const evaluate = async (mapping: readonly object[]) =>
    (
      await hub.call<{ missingFields: string[]; entries: { target: string; outcome: string }[] }>(
        'POST',
        '/provisioning/v1/connectors/wiki/mapping/evaluate',
        { token: tokens.admin, body: { identity, mapping } },
      )
    ).body;

  it('is what its mapping reads, and the connector says what that is', async () => {
    const byDefault = ['displayName', 'email', 'familyName', 'givenName', 'id', 'userName'];
    expect(await carried()).toMatchObject({ sources: byDefault });
    expect(Object.keys((await carried())?.attributes ?? {}).sort()).toEqual(byDefault);
    const flow = await get<{ sources: string[]; pulls: object[] }>('/provisioning/v1/connectors/wiki/data-flow');
    expect(flow).toMatchObject({ sources: byDefault, pulls: [] });
  });

  it('lacks, for a new mapping, what a dry run and an evaluation name', async () => {
    const missingFields = ['jobTitle'];
    expect(await connect({ mapping: [title] }, '?dryRun=true')).toMatchObject({
      missingFields,
      changes: 1,
      people: [{ targets: ['title'], detail: expect.stringContaining('jobTitle') }],
    });
    const { entries, ...evaluated } = await evaluate([title]);
    expect(evaluated).toMatchObject({ missingFields });
    expect(entries.find(({ target }) => target === 'title')).toMatchObject({ outcome: 'waiting', value: null });
  });

  it('arrives with the new mapping, which then writes it, and never writes what has not arrived', async () => {
    const written: unknown[] = [];
    wiki.reply = ({ method, body }, usual) => {
      if (method === 'PATCH') written.push(body);
      return usual();
    };
    await connect({ mapping: [title, division] });
    await eventually(() => account('ada301')?.['title'] === 'Analyst', within);
    await eventually(() => account('ada301')?.displayName === 'Ada 301 North', within);
    expect(written.filter((body) => /"title","value":(""|null)|remove/.test(String(body)))).toEqual([]);
    expect((await evaluate([title])).missingFields).toEqual([]);
    expect(await connect({ mapping: [title, division] }, '?dryRun=true')).toMatchObject({ missingFields: [] });
    await state('302', { jobTitle: 'Engineer', division: 'South' });
    await eventually(() => account('ada302')?.['title'] === 'Engineer', within);
  });

  it('is no more once no mapping reads it, and a change of it reaches nobody', async () => {
    await connect({});
    await eventually(async () => (await carried())?.attributes['jobTitle'] === undefined, within);
    const before = await get<{ items: { sequence: number }[] }>(`/governance/v1/identities/${identity}/access`);
    await state('301', { jobTitle: 'Lead', division: 'North', birthDate: '1990-01-01' });
    await state('303', {});
    await eventually(() => account('ada303') !== undefined, within);
    const after = await get<{ items: { sequence: number }[] }>(`/governance/v1/identities/${identity}/access`);
    expect(after.items.map(({ sequence }) => sequence)).toEqual(before.items.map(({ sequence }) => sequence));
  });
});
