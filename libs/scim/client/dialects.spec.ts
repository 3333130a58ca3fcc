import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import {
  type Quirk,
  quirkToken,
  type QuirkServer,
  refused,
  startQuirkServer,
} from '../../../test/targets/quirks/quirk-server.js';
import { applied, withoutConditions } from './apply-patch.js';
import { patchBody } from './patch-body.js';
import { generic, type ScimProfile } from './profile.js';
import { ScimClient } from './scim-client.js';

const running: { client: ScimClient; server: QuirkServer }[] = [];

async function clientOf(
  quirks: readonly Quirk[],
  profile: Partial<ScimProfile> = {},
): Promise<(typeof running)[number]> {
  const server = await startQuirkServer(quirks);
  const auth = { type: 'bearer', token: () => quirkToken } as const;
  const access = { baseUrl: server.baseUrl, auth, guard: new AddressGuard([], true), connections: 2, nowMs: () => 0 };
  const one = { server, client: new ScimClient(access, { ...generic, ...profile }) };
  running.push(one);
  return one;
}

const failure = (call: Promise<unknown>): Promise<CallFailure['terms'] | null> =>
  call.then(
    () => null,
    (error: unknown) => (error instanceof CallFailure ? error.terms : Promise.reject(error as Error)),
  );

const notBy = (method: string, status: number): Quirk => ({
  cites: 'RFC 7644 §3.12',
  instead: (request) =>
    request.method === method && request.path !== '/Users' ? refused(status, 'not supported') : null,
});
const rename = [{ op: 'replace', path: 'displayName', value: 'B' }] as const;

afterEach(async () => {
  await Promise.all(running.splice(0).flatMap(({ client, server }) => [client.destroy(), server.stop()]));
});

describe('a change of a user', () => {
  it.each([405, 501])(
    'is made by PUT where the application answers %i to PATCH, and by PUT at once the next time',
    async (status) => {
      const { client, server } = await clientOf([notBy('PATCH', status)]);
      const { id } = await client.createUser({ userName: 'ada', title: 'Dr' });
      await client.patchUser(id, rename);
      await client.patchUser(id, [{ op: 'remove', path: 'title' }]);
      expect(server.directory.users.get(id)).toMatchObject({ userName: 'ada', displayName: 'B' });
      expect(server.directory.users.get(id)).not.toHaveProperty('title');
      expect(server.requests.filter((one) => one.startsWith('PATCH'))).toHaveLength(1);
    },
  );

  it('is made by PATCH where the application has no PUT', async () => {
    const { client, server } = await clientOf([notBy('PUT', 405)], { update: 'read-and-put' });
    const { id } = await client.createUser({ userName: 'ada' });
    await client.patchUser(id, rename);
    expect(server.directory.users.get(id)).toMatchObject({ displayName: 'B' });
  });

  it('never writes a group whole because PATCH is refused: members that it does not show would be lost', async () => {
    const { client, server } = await clientOf([notBy('PATCH', 405)]);
    const { id } = await client.createGroup('Staff');
    expect(await failure(client.addMembers(id, ['u1']))).toMatchObject({ code: 'unsupported' });
    expect(server.requests.some((one) => one.startsWith('PUT'))).toBe(false);
  });

  it('that is accepted with 202 is not done yet', async () => {
    const accepted: Quirk = {
      cites: 'RFC 9110 §15.3.3',
      instead: ({ method }) => (method === 'PATCH' ? { status: 202, body: null } : null),
    };
    const { client } = await clientOf([accepted]);
    const { id } = await client.createUser({ userName: 'ada' });
    expect(await failure(client.patchUser(id, rename))).toMatchObject({ code: 'accepted', effectUnknown: true });
  });

  it('that is redirected is refused', async () => {
    const elsewhere: Quirk = {
      cites: 'RFC 7644 §3.12',
      instead: ({ method }) =>
        method === 'PATCH' ? { status: 302, body: null, headers: { location: 'https://elsewhere.example' } } : null,
    };
    const { client } = await clientOf([elsewhere]);
    const { id } = await client.createUser({ userName: 'ada' });
    expect(await failure(client.patchUser(id, rename))).toMatchObject({ code: 'redirected' });
  });

  it('by PUT names the version that was read, so that a later one is not overwritten', async () => {
    const sent: unknown[] = [];
    const versioned: Quirk = {
      cites: 'RFC 7644 §3.14',
      instead: ({ method, headers }) => {
        if (method === 'PUT') sent.push(headers['if-match']);
        return method === 'PUT' && sent.length > 1 ? refused(412, 'another version') : null;
      },
      after: (reply, { method }) => (method === 'GET' ? { ...reply, headers: { etag: 'W/"7"' } } : reply),
    };
    const { client } = await clientOf([versioned], { update: 'read-and-put' });
    const { id } = await client.createUser({ userName: 'ada' });
    await client.patchUser(id, rename);
    const again = { code: 'changed-meanwhile', class: 'transient', effectUnknown: false };
    expect(await failure(client.patchUser(id, rename))).toMatchObject(again);
    expect(sent).toEqual(['W/"7"', 'W/"7"']);
  });
});

it('412 to a change that names no version is a refusal of that change', async () => {
  const { client } = await clientOf([notBy('PATCH', 412)]);
  const { id } = await client.createUser({ userName: 'ada' });
  expect(await failure(client.patchUser(id, rename))).toMatchObject({ code: 'changed-meanwhile', class: 'validation' });
});

describe('waiting', () => {
  const full = (headers: Record<string, string>): Quirk => ({
    cites: 'scim-quirks C25',
    instead: () => ({ ...refused(429, 'too many'), headers }),
  });

  it.each([
    [{ 'retry-after': '7' }, {}, 7_000],
    [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:09 GMT' }, {}, 9_000],
    [
      { 'x-rate-limit-reset': '11' },
      { retryAfterHeader: 'X-Rate-Limit-Reset', retryAfterForm: 'epoch-seconds' },
      11_000,
    ],
    [{}, {}, null],
  ] as const)('is asked for by %j', async (headers, profile, ms) => {
    const { client } = await clientOf([full(headers)], profile);
    expect(await failure(client.findUsers('userName', 'ada'))).toMatchObject({ class: 'throttled', retryAfterMs: ms });
  });
});

describe('the body of a change', () => {
  const operations = [
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'name.givenName', value: 'Ada' },
    { op: 'remove', path: 'title' },
  ] as const;
  const sent = (profile: Partial<ScimProfile>): unknown =>
    (patchBody(operations, { ...generic, ...profile }) as { Operations: unknown }).Operations;

  it('has the form that the profile says', () => {
    const last = { op: 'remove', path: 'title' };
    expect(sent({ patchShape: 'pathless' })).toEqual([
      { op: 'replace', value: { active: false, name: { givenName: 'Ada' } } },
      last,
    ]);
    expect(sent({ patchShape: 'dotted', booleans: 'string' })).toEqual([
      { op: 'replace', value: { active: 'False', 'name.givenName': 'Ada' } },
      last,
    ]);
    expect(sent({ patchOps: 'capital' })).toMatchObject([{ op: 'Replace' }, { op: 'Replace' }, { op: 'Remove' }]);
  });

  it('of SCIM 1.1 has the changed attributes, and the names of those that are emptied', () => {
    expect(patchBody(operations, { ...generic, version: '1.1' })).toEqual({
      schemas: ['urn:scim:schemas:core:1.0'],
      active: false,
      name: { givenName: 'Ada' },
      meta: { attributes: ['title'] },
    });
  });

  it('writes a list whole where paths have no conditions, with what others wrote', () => {
    const shown = {
      id: 'u1',
      phoneNumbers: [
        { type: 'home', value: '9' },
        { type: 'work', value: '1' },
      ],
    };
    const change = [{ op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '2' }] as const;
    expect(withoutConditions(change, shown)).toEqual([
      {
        op: 'replace',
        path: 'phoneNumbers',
        value: [
          { type: 'home', value: '9' },
          { type: 'work', value: '2' },
        ],
      },
    ]);
    expect(applied(shown, [{ op: 'remove', path: 'phoneNumbers[type eq "home"]' }])).toEqual({
      id: 'u1',
      phoneNumbers: [{ type: 'work', value: '1' }],
    });
    expect(shown.phoneNumbers).toHaveLength(2);
  });
});

describe('a resource that is written whole', () => {
  it.each([
    ['2.0', 'urn:ietf:params:scim:schemas:core:2.0:Group'],
    ['1.1', 'urn:scim:schemas:core:1.0'],
  ] as const)('names its schema in SCIM %s, also where the application shows none', async (version, schema) => {
    const sent: unknown[] = [];
    const strict: Quirk = {
      cites: 'RFC 7643 §3',
      instead: ({ method, body }) => {
        if (method === 'PUT') sent.push(body['schemas']);
        return null;
      },
    };
    const { client, server } = await clientOf([strict], { version, memberChanges: 'put' });
    const { id } = server.directory.add('Groups', { displayName: 'Staff', members: [] });
    await client.addMembers(String(id), ['u1']);
    await client.addMembers(String(id), ['u2']);
    expect(sent).toEqual([[schema], [schema]]);
  });
});
