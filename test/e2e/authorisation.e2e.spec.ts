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

describe('one person’s objects', () => {
  let hub: HubUnderTest;
  const people = { ada: '1001', grace: '1002', linus: '1003' } as const;
  const tokenOf = new Map<string, string>();

  beforeAll(async () => {
    hub = await startHub();
    const feed = await hub.token('hr-system', 'hr-feed');
    const admin = await hub.token('the-admin', 'admin');
    for (const [name, employeeId] of some(Object.entries(people))) {
      const body = {
        familyName: name,
        email: `${name}@corp.example`,
        hireDate: '2020-01-01',
        ...(name === 'ada' ? { managerId: '1003' } : {}),
      };
      expect((await hub.call('PUT', `/hr/v1/workers/${employeeId}`, { token: feed, body })).status).toBe(201);
      tokenOf.set(name, await hub.token(employeeId, 'requester', 'approver'));
    }
    const documents: [string, object][] = [
      ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      [
        '/governance/v1/access-packages/wiki',
        {
          displayName: 'Wiki',
          grants: [{ application: 'wiki', account: true }],
          requestFor: 'self',
          requireJustification: false,
          approval: { stages: [{ approvers: ['manager'] }] },
        },
      ],
    ];
    for (const [path, body] of some(documents))
      expect(await hub.call('PUT', path, { token: admin, body })).toMatchObject({ status: 201 });
  });
  afterAll(() => hub.discard());

  const as = async (
    name: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; problem: object; body: Record<string, unknown> }> => {
    const answer = await hub.call(method, path, {
      token: tokenOf.get(name) ?? '',
      ...(body === undefined ? {} : { body }),
    });
    const { instance: _, detail, ...problem } = answer.body;
    return {
      status: answer.status,
      problem: { ...problem, detail: String(detail).replace(/[0-9a-f-]{36}/g, 'ID') },
      body: answer.body,
    };
  };

  it('are hers: a request of another person looks like one that does not exist', async () => {
    // HR's statements arrive a moment later.
    const made = await eventually(async () => {
      const answer = await as('ada', 'POST', '/governance/v1/requests', { packageId: 'wiki' });
      return answer.status === 201 ? answer : undefined;
    });
    const id = String(made.body['id']);
    expect((await as('ada', 'GET', `/governance/v1/requests/${id}`)).status).toBe(200);
    // Her manager decides about it, so he sees it.
    expect((await as('linus', 'GET', `/governance/v1/requests/${id}`)).status).toBe(200);
    const [others, none] = [
      await as('grace', 'GET', `/governance/v1/requests/${id}`),
      await as('grace', 'GET', `/governance/v1/requests/${nobody}`),
    ];
    expect([others.status, others.problem]).toEqual([404, none.problem]);
    expect((await as('grace', 'POST', `/governance/v1/requests/${id}/cancel`)).status).toBe(403);
    const decision = { decision: 'approve', comment: 'mine' };
    expect((await as('grace', 'POST', `/governance/v1/requests/${id}/decisions`, decision)).status).toBe(403);
    expect((await as('ada', 'POST', `/governance/v1/requests/${id}/decisions`, decision)).status).toBe(403);
    expect(((await as('grace', 'GET', '/governance/v1/requests')).body['items'] as object[]).length).toBe(0);
    expect(((await as('grace', 'GET', '/governance/v1/approvals')).body['items'] as object[]).length).toBe(0);
    expect(((await as('linus', 'GET', '/governance/v1/approvals')).body['items'] as object[]).length).toBe(1);
  });
});
