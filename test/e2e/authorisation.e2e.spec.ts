import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parse } from 'yaml';
import { roles, type Role } from '#libs/auth/caller.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { root } from '../support/processes.js';
import { some } from '../support/some.js';

jest.setTimeout(300_000);

const matrix = Object.entries(
  parse(readFileSync(join(root, 'test/api/authorisation.yaml'), 'utf8')) as Record<string, Role[]>,
);
/** Nothing of it exists; ids of either kind are well formed. */
const nobody = '01990000-0000-7000-8000-000000000000';
const pathOf = (route: string): string => route.replace(/\{[^}]+\}/g, nobody);

interface Refusal {
  readonly status: number;
  readonly code: string;
}

describe('every route of the running hub', () => {
  let hub: HubUnderTest;
  const tokens = new Map<string, string>();

  beforeAll(async () => {
    hub = await startHub();
    await Promise.all(roles.map(async (role) => tokens.set(role, await hub.token(`the-${role}`, role))));
  });
  afterAll(() => hub.discard());

  /** Asked without a body: who may not, is refused before anything else is looked at. */
  async function ask(route: string, token: string | undefined): Promise<Refusal> {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${hub.base}${pathOf(path)}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const text = await response.text();
    const isProblem = response.headers.get('content-type')?.includes('problem') === true;
    return { status: response.status, code: isProblem ? (JSON.parse(text) as { code: string }).code : '' };
  }

  it('refuses who has no token, or one that nobody issued', async () => {
    const wrong: string[] = [];
    for (const [route] of matrix)
      for (const token of [undefined, 'e30.e30.e30']) if ((await ask(route, token)).status !== 401) wrong.push(route);
    expect(matrix.length).toBeGreaterThan(60);
    expect(wrong).toEqual([]);
  });

  it.each(['/health/live', '/docs', '/governance/v1/requests', '/nowhere'])(
    'tells a browser to show %s in no frame and to keep nothing of it',
    async (path) => {
      const { headers } = await fetch(`${hub.base}${path}`);
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/) as string,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    },
  );

  it.each(roles)('refuses the role %s where it is not named, and lets it in where it is', async (role) => {
    const wrong: string[] = [];
    for (const [route, named] of matrix) {
      const { status, code } = await ask(route, tokens.get(role));
      const isRefused = status === 403 && code === 'insufficient_role';
      if (isRefused === named.includes(role) || status === 401) wrong.push(`${route}: ${status} ${code}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** What owners of an application may ask of its connector, and a body for it. */
const ofConnectors: Readonly<Record<string, object | string | undefined>> = {
  'POST /connectors/{id}/release': undefined,
  'POST /connectors/{id}/observed-accounts/decisions': {
    account: '2819c224',
    decision: 'not-a-person',
    kind: 'service',
    reason: 'mine',
  },
  'POST /connectors/{id}/observed-accounts/decisions/import':
    'account,decision,identity,kind,reason\n2819c224,not-a-person,,service,mine\n',
  'POST /connectors/{id}/drift/{drift}/decision': { decision: 'revert', reason: 'mine' },
  'POST /connectors/{id}/withdraw-authority': { entitlements: [{ group: 'Editors' }], reason: 'mine' },
  'POST /connectors/{id}/account-list': 'account,userName\nu1,ada\n',
  'GET /connectors/{id}/previews/{preview}': undefined,
  'GET /connectors/{id}/previews/{preview}/items': undefined,
  'GET /connectors/{id}/previews/{preview}/items.csv': undefined,
};

describe('one person’s objects', () => {
  let hub: HubUnderTest;
  /** Linus is Ada's manager; Olga owns a rule of separation; Grace has nothing to do with them; Alan left. */
  const people = {
    linus: { employeeId: '1003' },
    ada: { employeeId: '1001', managerId: '1003' },
    grace: { employeeId: '1002' },
    olga: { employeeId: '1005' },
    alan: { employeeId: '1004', managerId: '1003' },
  } as const;
  type Name = keyof typeof people;
  const tokenOf = new Map<string, string>();
  const identityOf = new Map<string, string>();
  let assignment = '';
  let exception = '';
  let request = '';
  let exclusion = '';
  let emergency = '';
  let bulk = '';
  let review = '';
  let task = '';

  const csv = { headers: { 'content-type': 'text/csv' } };
  const as = async (name: string, method: string, path: string, body?: unknown): Promise<Shown> => {
    const service = /^\/(tasks|connectors)/.test(path) ? 'provisioning' : 'governance';
    const answer = await hub.call(method, `/${service}/v1${path}`, {
      token: tokenOf.get(name) ?? '',
      ...(body === undefined ? {} : { body }),
      ...(typeof body === 'string' ? csv : {}),
    });
    return { status: answer.status, body: answer.body };
  };
  const given = async (answer: Promise<Shown>, status: number): Promise<Record<string, unknown>> => {
    const { status: was, body } = await answer;
    expect([was, body]).toEqual([status, body]);
    return body;
  };

  beforeAll(async () => {
    hub = await startHub();
    const feed = await hub.token('hr-system', 'hr-feed');
    tokenOf.set('admin', await hub.token('the-admin', 'admin'));
    const state = async (name: Name, more: object = {}): Promise<number> => {
      const { employeeId, ...worker } = people[name];
      const body = { familyName: name, email: `${name}@corp.example`, hireDate: '2020-01-01', ...worker, ...more };
      return (await hub.call('PUT', `/hr/v1/workers/${employeeId}`, { token: feed, body })).status;
    };
    const becomes = async (name: Name, status: string): Promise<void> => {
      const filter = encodeURIComponent(`employeeId eq "${people[name].employeeId}"`);
      await eventually(async () => {
        const { items } = (await as('admin', 'GET', `/identities?filter=${filter}`)).body as { items: Item[] };
        identityOf.set(name, items[0]?.id ?? '');
        return items[0]?.status === status;
      });
    };
    for (const name of some(Object.keys(people) as Name[])) {
      expect(await state(name)).toBe(201);
      await becomes(name, 'active');
      tokenOf.set(name, await hub.token(people[name].employeeId, 'requester', 'approver'));
    }
    expect(await state('alan', { terminationDate: '2020-02-01' })).toBe(200);
    await becomes('alan', 'inactive');
    const usual = { grants: [{ application: 'wiki', account: true }], requireJustification: false };
    const stages = { stages: [{ approvers: ['manager'] }] };
    const documents: [string, object][] = [
      ['/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      ['/access-packages/wiki', { ...usual, displayName: 'Wiki', requestFor: 'self', approval: stages }],
      ['/access-packages/team', { ...usual, displayName: 'Team', requestFor: 'team', approval: 'none' }],
      [
        '/access-packages/now',
        { ...usual, displayName: 'Now', requestFor: 'self', approval: 'none', extendable: true, maxDuration: 'P30D' },
      ],
    ];
    for (const [path, body] of some(documents)) await given(as('admin', 'PUT', path, body), 201);
    request = String((await given(as('ada', 'POST', '/requests', { packageId: 'wiki' }), 201))['id']);
    await given(as('ada', 'POST', '/requests', { packageId: 'now' }), 201);
    const { items } = (await as('ada', 'GET', '/assignments')).body as { items: Item[] };
    assignment = items[0]?.id ?? '';
    const owners = [identityOf.get('olga')];
    const rule = { displayName: 'Duties', left: ['wiki'], right: ['team'], mode: 'prevent', owners };
    await given(as('admin', 'PUT', '/separation-rules/duties', rule), 201);
    const excepted = { identityId: identityOf.get('ada'), mitigation: 'Checked', endsAt: '2999-01-01T00:00:00Z' };
    exception = String((await given(as('olga', 'POST', '/separation-rules/duties/exceptions', excepted), 201))['id']);
    exclusion = await excluded(usual);
    await given(
      as('admin', 'PUT', '/access-packages/root', { ...usual, displayName: 'Root', breakGlass: 'PT1H' }),
      201,
    );
    const taken = { packageId: 'root', type: 'break-glass', reason: 'At night' };
    emergency = String((await given(as('ada', 'POST', '/assignments', taken), 201))['id']);
    const ending = { action: 'revoke', reason: 'It has ended', packageId: 'now', filter: 'status eq "active"' };
    bulk = String((await given(as('admin', 'POST', '/bulk-changes', ending), 202))['id']);
    const reviewed = { displayName: 'Now', scope: { packageId: 'now' }, reviewers: ['manager'], onNoResponse: 'keep' };
    task = await taskFor(usual);
    review = String((await given(as('admin', 'POST', '/reviews', reviewed), 201))['id']);
  });
  afterAll(() => hub.discard());

  /** Ada gets a key, which a person has to hand out. */
  async function taskFor(usual: object): Promise<string> {
    const keys = { displayName: 'Keys', mode: 'enforce', protocol: 'webhook' };
    await given(as('admin', 'PUT', '/connectors/keys', keys), 201);
    const application = { displayName: 'Keys', connectorId: 'keys', owners: [identityOf.get('olga')] };
    await given(as('admin', 'PUT', '/applications/keys', application), 201);
    const open = { displayName: 'Keys', requestFor: 'self', approval: 'none' };
    const grants = [{ application: 'keys', account: true }];
    await given(as('admin', 'PUT', '/access-packages/keys', { ...usual, ...open, grants }), 201);
    await given(as('ada', 'POST', '/requests', { packageId: 'keys' }), 201);
    const tasks = async (): Promise<Item[]> => (await as('olga', 'GET', '/tasks')).body['items'] as Item[];
    await eventually(async () => (await tasks()).length === 1);
    return (await tasks())[0]?.id ?? '';
  }

  /** A rule gives Ada a package, and an administrator revokes it. */
  async function excluded(usual: object): Promise<string> {
    await given(as('admin', 'PUT', '/access-packages/base', { ...usual, displayName: 'Base' }), 201);
    const rule = { displayName: 'Ada', filter: 'employeeId eq "1001"', packages: ['base'] };
    await given(as('admin', 'PUT', '/birthright-rules/ada', rule), 201);
    const listed = async (path: string): Promise<Item[]> =>
      (await as('ada', 'GET', `${path}?filter=${encodeURIComponent('packageId eq "base"')}`)).body['items'] as Item[];
    await eventually(async () => (await listed('/assignments')).length === 1);
    const [held] = await listed('/assignments');
    await given(as('admin', 'POST', `/assignments/${held?.id}/revoke`, { reason: 'An inquiry' }), 200);
    return (await listed('/birthright-exclusions'))[0]?.id ?? '';
  }

  /** What a client learns: everything but the id that it sent itself. */
  const told = ({ status, body: { instance: _, detail, ...problem } }: Shown): object => ({
    status,
    ...problem,
    detail: String(detail).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'),
  });
  const later = '2020-01-01T00:00:00Z';
  const decision = { decision: 'approve', comment: 'mine' };
  const extension = { endsAt: later, justification: 'more' };
  /** Everything that a requester or approver may ask of one object, with the object of somebody else. */
  const routes: Readonly<Record<string, [body: object | string | undefined, object: () => string]>> = {
    'GET /requests/{id}': [undefined, () => request],
    'POST /requests/{id}/cancel': [undefined, () => request],
    'POST /requests/{id}/decisions': [{ ...decision, endsAt: later }, () => request],
    'GET /assignments/{id}': [undefined, () => assignment],
    'POST /assignments/{id}/extend': [extension, () => assignment],
    'POST /assignments/{id}/certify': [{ reason: 'mine' }, () => assignment],
    'POST /assignments/{id}/revoke': [{ reason: 'mine' }, () => assignment],
    'GET /assignments/{id}/deliveries': [undefined, () => assignment],
    'POST /assignments/{id}/confirm': [{ application: 'wiki' }, () => assignment],
    'GET /tasks/{task}': [undefined, () => task],
    'POST /tasks/{task}/confirm': [{}, () => task],
    'POST /tasks/{task}/refuse': [{ reason: 'mine' }, () => task],
    'GET /bulk-changes/{id}': [undefined, () => bulk],
    'GET /bulk-changes/{id}/rows': [undefined, () => bulk],
    'GET /bulk-changes/{id}/rows.csv': [undefined, () => bulk],
    'POST /bulk-changes/{id}/apply': [{}, () => bulk],
    'POST /bulk-changes/{id}/cancel': [undefined, () => bulk],
    'GET /reviews/{id}': [undefined, () => review],
    'GET /reviews/{id}/items': [undefined, () => review],
    'GET /reviews/{id}/items.csv': [undefined, () => review],
    'POST /reviews/{id}/decisions': [{ decisions: [{ itemId: nobody, decision: 'keep' }] }, () => review],
    'POST /reviews/{id}/decisions.csv': [`itemId,decision\n${nobody},keep\n`, () => review],
    'GET /identities/{id}': [undefined, () => identityOf.get('alan') ?? ''],
    'GET /identities/{id}/schedule': [undefined, () => identityOf.get('ada') ?? ''],
    'GET /requestable-packages?beneficiaryId={id}': [undefined, () => identityOf.get('alan') ?? ''],
    'POST /requests for {id}': [{ packageId: 'wiki' }, () => identityOf.get('alan') ?? ''],
    'GET /identities/{id}/former-access': [undefined, () => identityOf.get('ada') ?? ''],
    'GET /birthright-exclusions/{id}': [undefined, () => exclusion],
    'POST /birthright-exclusions/{id}/end': [undefined, () => exclusion],
    'POST /mover-reviews/{assignmentId}/decide': [{ decision: 'keep', reason: 'mine' }, () => assignment],
    'POST /emergencies/{assignmentId}/review': [{ outcome: 'justified', comment: 'mine' }, () => emergency],
    'GET /separation-exceptions/{id}': [undefined, () => exception],
    'POST /separation-exceptions/{id}/end': [undefined, () => exception],
    'POST /delegations to {id}': [
      { until: '2999-01-01T00:00:00Z', reason: 'away' },
      () => identityOf.get('alan') ?? '',
    ],
  };

  async function ask(who: string, route: string, id: string): Promise<Shown> {
    const [method = '', path = '', relation] = route.split(' ');
    const field = { for: 'beneficiaryId', to: 'delegateId' }[relation ?? ''];
    const body = routes[route]?.[0];
    const sent = field === undefined || typeof body === 'string' ? body : { ...body, [field]: id };
    return await as(who, method, path.replace(/\{\w+\}/, id), sent);
  }

  it.each(Object.keys(routes))('look to a stranger as if they did not exist: %s', async (route) => {
    const object = routes[route]?.[1]() ?? '';
    expect(object).toMatch(/^[0-9a-f-]{36}$/);
    const [others, none] = [await ask('grace', route, object), await ask('grace', route, nobody)];
    expect(told(others)).toEqual(told(none));
    expect(others.status).toBeGreaterThanOrEqual(400);
  });

  it('are all asked for: each route for requesters and approvers that names one object', () => {
    const isOpenToPeople = (named: readonly Role[]): boolean =>
      named.includes('requester') || named.includes('approver');
    /** Documents of the company that everybody may read, and what `ask` cannot make here. */
    const others = [
      'GET /access-packages/{id}',
      'POST /access-packages/{id}/release',
      'PUT /access-packages/{id}',
      'GET /applications/{id}',
      'GET /delegations/{id}',
      'POST /delegations/{id}/end',
      // Refused alike whether there is such a connector or not: see below.
      ...Object.keys(ofConnectors),
      'GET /separation-findings/{id}',
      'POST /separation-rules/{id}/exceptions',
    ];
    const named = matrix
      .filter(([route, allowed]) => route.includes('{') && isOpenToPeople(allowed))
      .map(([route]) => route.replace(/\/\w+\/v1/, ''));
    expect(named.filter((route) => routes[route] === undefined && !others.includes(route))).toEqual([]);
  });

  it('are shown and open to whom they belong: the requester, the manager who decides', async () => {
    for (const who of ['ada', 'linus']) await given(as(who, 'GET', `/requests/${request}`), 200);
    // He sees it, and it is not his to withdraw.
    await given(as('linus', 'POST', `/requests/${request}/cancel`), 403);
    await given(as('ada', 'POST', `/requests/${request}/decisions`, decision), 403);
    const waiting = async (who: string): Promise<number> =>
      ((await as(who, 'GET', '/approvals')).body['items'] as object[]).length;
    expect([await waiting('grace'), await waiting('linus')]).toEqual([0, 1]);
    expect(((await as('grace', 'GET', '/requests')).body['items'] as object[]).length).toBe(0);
    await given(as('ada', 'POST', `/requests/${request}/cancel`), 200);
  });

  it('of reports are open to their manager alone', async () => {
    const forAda = { packageId: 'team', beneficiaryId: identityOf.get('ada') };
    await given(as('grace', 'POST', '/requests', forAda), 403);
    const made = await given(as('linus', 'POST', '/requests', forAda), 201);
    await given(as('ada', 'GET', `/requests/${String(made['id'])}`), 200);
    await given(as('grace', 'GET', `/requests/${String(made['id'])}`), 404);
  });

  it('of packages are released by an owner alone', async () => {
    const { status, body } = await as('grace', 'POST', '/access-packages/now/release', { version: 1 });
    expect([status, body['code']]).toEqual([403, 'package_version.not_owner']);
  });

  it('of packages are drafted by an owner alone, and tell nobody else which packages there are', async () => {
    const grants = [{ application: 'wiki', account: true }];
    const draft = (id: string): Promise<Shown> =>
      as('grace', 'PUT', `/access-packages/${id}`, { displayName: 'Mine', status: 'draft', grants });
    expect((await draft('now')).body['code']).toBe('access_package.not_owner');
    expect(told(await draft('now'))).toEqual(told(await draft('none')));
  });

  it('tell nobody but its owner which rules of separation there are', async () => {
    const body = { identityId: nobody, mitigation: 'Checked', endsAt: later };
    const grant = (rule: string): Promise<Shown> => as('grace', 'POST', `/separation-rules/${rule}/exceptions`, body);
    expect(told(await grant('duties'))).toEqual(told(await grant('none')));
  });

  it.each(Object.keys(ofConnectors))(
    'tell nobody who owns no application which connectors there are: %s',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const body = ofConnectors[route];
      const asked = async (id: string): Promise<Shown> => {
        const answer = await hub.call(
          method,
          `/provisioning/v1${path.replace('{id}', id).replace(/\{\w+\}/, nobody)}${path.endsWith('list') ? '?asOf=2026-01-01T00:00:00Z' : ''}`,
          {
            token: tokenOf.get('grace') ?? '',
            ...(body === undefined ? {} : { body }),
            ...(typeof body === 'string' ? csv : {}),
          },
        );
        return { status: answer.status, body: answer.body };
      };
      const document = {
        mode: 'observe',
        protocol: 'scim2',
        baseUrl: 'https://wiki.example/scim/v2',
        auth: { type: 'bearer', token: 'wiki' },
      };
      const defined = await hub.call('PUT', '/provisioning/v1/connectors/wiki', {
        token: tokenOf.get('admin') ?? '',
        body: document,
      });
      expect([200, 201]).toContain(defined.status);
      const [others, none] = [await asked('wiki'), await asked('none')];
      expect(told(others)).toEqual(told(none));
      expect(others.status).toBe(403);
    },
  );
});

interface Shown {
  readonly status: number;
  readonly body: Record<string, unknown>;
}
interface Item {
  readonly id: string;
  readonly status: string;
}
