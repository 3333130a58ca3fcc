import type { StubReply, StubRequest } from './scim-stub.js';

interface Grant {
  readonly id: string;
  readonly account: string;
  readonly role: string;
}

/** What it does wrong. */
export interface BillingFaults {
  /** Carries grants out, and shows them only after so many readings. */
  hiddenReadings: number;
  /** Answers that it granted or revoked, and does nothing. */
  forgets: boolean;
  /** Refuses each change with this answer. */
  refuse: StubReply | null;
}

const pageSize = 2;

/**
 * The own API of a small home-grown billing application, beside its SCIM interface: roles, granted to one user at a time.
 * It enforces nothing: what is granted twice is held twice.
 */
export class BillingApi {
  readonly roles: { id: string; name: string; description: string }[] = [
    { id: 'r1', name: 'Reader', description: 'May read invoices' },
    { id: 'r2', name: 'Approver', description: 'May approve invoices' },
    { id: 'r3', name: 'Auditor', description: 'May read everything' },
  ];
  readonly faults: BillingFaults = { hiddenReadings: 0, forgets: false, refuse: null };
  /** Every change, in order. */
  readonly changes: { readonly method: string; readonly path: string; readonly key: string | null }[] = [];
  private grants: readonly Grant[] = [];
  private count = 0;

  /** @param users ids of the users that the application has */
  constructor(private readonly users: () => readonly string[]) {}

  /** Names of the roles of a user, once for each grant. */
  heldBy(account: string): readonly string[] {
    const held = this.grants.filter((grant) => grant.account === account);
    return held.map(({ role }) => this.roles.find(({ id }) => id === role)?.name ?? role).sort();
  }

  /** What a connector document has as `rest`. @param origin of the application */
  static description(origin: string): Record<string, unknown> {
    return {
      baseUrl: `${origin}/api`,
      notFound: { status: [404], pointer: '/error/code', equals: ['unknown_user', 'unknown_grant'] },
      errors: [{ status: [400], pointer: '/error/code', equals: ['busy'], class: 'throttled' }],
      words: '/error/message',
      keyHeader: 'Idempotency-Key',
      roles: {
        list: {
          path: '/roles',
          items: '/roles',
          id: '/id',
          name: '/name',
          description: '/description',
          page: { next: '/next', parameter: 'page', total: '/total' },
        },
        held: {
          path: '/users/{{[account.id]}}/roles',
          items: '/roles',
          role: '/role',
          assignment: '/grant',
          page: 'none',
        },
        grant: { method: 'POST', path: '/users/{{[account.id]}}/roles', body: { role: '{{[role.id]}}' } },
        revoke: { method: 'DELETE', path: '/users/{{[account.id]}}/roles/{{[assignment.id]}}' },
      },
    };
  }

  /** Its answer; null for a path that is not its own. */
  answer({ method, url, body, headers = {} }: StubRequest): StubReply | null {
    const { pathname, searchParams } = new URL(url, 'http://billing.example');
    if (pathname === '/api/roles') return this.list(Number(searchParams.get('page') ?? '1'));
    const [, user, grant] = /^\/api\/users\/([^/]+)\/roles(?:\/([^/]+))?$/.exec(pathname) ?? [];
    if (user === undefined) return null;
    const account = decodeURIComponent(user);
    if (!this.users().includes(account)) return problem(404, 'unknown_user');
    if (method === 'GET') return this.show(account);
    this.changes.push({ method, path: pathname, key: String(headers['idempotency-key'] ?? '') || null });
    if (this.faults.refuse !== null) return this.faults.refuse;
    return method === 'POST' ? this.grant(account, body) : this.revoke(account, grant ?? '');
  }

  private list(page: number): StubReply {
    const from = (page - 1) * pageSize;
    const next = from + pageSize < this.roles.length ? page + 1 : null;
    return { status: 200, body: { roles: this.roles.slice(from, from + pageSize), next, total: this.roles.length } };
  }

  private show(account: string): StubReply {
    const hidden = this.faults.hiddenReadings > 0;
    if (hidden) this.faults.hiddenReadings -= 1;
    const held = this.grants.filter((grant) => grant.account === account && !hidden);
    return { status: 200, body: { roles: held.map(({ id, role }) => ({ grant: id, role })) } };
  }

  private grant(account: string, body: string): StubReply {
    const { role } = JSON.parse(body) as { role: string };
    if (!this.roles.some(({ id }) => id === role)) return problem(400, 'unknown_role');
    this.count += 1;
    const id = `grant ${this.count}`;
    if (!this.faults.forgets) this.grants = [...this.grants, { id, account, role }];
    return { status: 201, body: { grant: id } };
  }

  private revoke(account: string, grant: string): StubReply {
    const id = decodeURIComponent(grant);
    const isIt = (one: Grant): boolean => one.account === account && one.id === id;
    if (!this.grants.some(isIt)) return problem(404, 'unknown_grant');
    if (!this.faults.forgets) this.grants = this.grants.filter((one) => !isIt(one));
    return { status: 204 };
  }
}

function problem(status: number, code: string): StubReply {
  return { status, body: { error: { code, message: `billing says ${code}` } } };
}
