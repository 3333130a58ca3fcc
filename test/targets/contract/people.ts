import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { CallFailure } from '#libs/outgoing/failure.js';
import { sameAccounts, sameEntitlements, sameTarget } from '#apps/provisioning/src/targets/same-target.js';
import type { AccountTarget, Call, EntitlementTarget, Target } from '../../../apps/provisioning/src/targets/target.js';
import type { RealAccount, RealApplication } from './subject.js';

/** A task, as much of it as who does it has to know. */
export interface TaskToDo {
  readonly id: string;
  readonly kind: string;
  readonly account: string | null;
  readonly entitlement: string;
  readonly values: Readonly<Record<string, unknown>> | null;
}

interface Kept {
  readonly id: string;
  userName: string;
  externalId: string;
  active: boolean;
  values: Record<string, unknown>;
  readonly held: Set<string>;
}

/** An application without an API, and the person who makes its changes. */
export class ByHand implements RealApplication {
  private readonly all = new Map<string, Kept>();
  private made = 0;

  /** @param tell called after a change that nobody asked for */
  constructor(private readonly tell: () => Promise<void>) {}

  /** @returns the id of the account */
  do({ kind, account, entitlement, values }: TaskToDo): string {
    const one = account === null ? this.add() : this.all.get(account);
    if (one === undefined) throw new Error(`there is no account ${account ?? ''}`);
    switch (kind) {
      case 'create-account':
      case 'update-account':
        one.values = { ...one.values, ...values };
        one.userName = typeof values?.['userName'] === 'string' ? values['userName'] : one.userName;
        break;
      case 'disable-account':
      case 'enable-account':
        one.active = kind === 'enable-account';
        break;
      case 'delete-account':
        this.all.delete(one.id);
        break;
      case 'add-member':
      case 'grant-role':
        one.held.add(entitlement);
        break;
      default:
        one.held.delete(entitlement);
    }
    return one.id;
  }

  /** As a list of accounts. */
  get csv(): string {
    const cell = (value: unknown): string => `"${String(value ?? '').replaceAll('"', '""')}"`;
    const lines = [...this.all.values()].map(({ id, userName, externalId, active, values, held }) => {
      const names = (kind: string): string =>
        [...held].flatMap((key) => (key.startsWith(`${kind}:`) ? [key.slice(kind.length + 1)] : [])).join(';');
      const attributes = ['name.givenName', 'name.familyName', 'displayName'].map((path) => values[path]);
      return [id, userName, externalId, active ? 'yes' : 'no', names('group'), names('role'), ...attributes]
        .map(cell)
        .join(',');
    });
    return ['Id,Name,Person,Active,Groups,Roles,Given,Family,Display', ...lines].join('\n');
  }

  accounts(): Promise<readonly RealAccount[]> {
    return Promise.resolve([...this.all.values()].map(({ id, userName, active }) => ({ id, userName, active })));
  }

  async addAccount({ userName, externalId = '' }: { userName: string; externalId?: string }): Promise<string> {
    const one = this.add();
    one.userName = userName;
    one.externalId = externalId;
    await this.tell();
    return one.id;
  }

  async removeAccount(id: string): Promise<void> {
    this.all.delete(id);
    await this.tell();
  }

  attribute(id: string, path: string): Promise<unknown> {
    return Promise.resolve(this.all.get(id)?.values[path]);
  }

  holders(kind: 'group' | 'role', name: string): Promise<readonly string[]> {
    const holding = [...this.all.values()].filter(({ held }) => held.has(`${kind}:${name}`));
    return Promise.resolve(holding.map(({ id }) => id));
  }

  private add(): Kept {
    this.made += 1;
    const id = `H${String(this.made).padStart(6, '0')}`;
    const one: Kept = { id, userName: '', externalId: '', active: true, values: {}, held: new Set() };
    this.all.set(id, one);
    return one;
  }
}

/** How a list of this application is read. */
export const byHandFile = {
  account: 'Id',
  userName: 'Name',
  externalId: 'Person',
  active: { column: 'Active', values: ['yes'] },
  groups: 'Groups',
  roles: 'Roles',
  attributes: { 'name.givenName': 'Given', 'name.familyName': 'Family', displayName: 'Display' },
};

/** A program that takes tasks which are signed with this key. */
export async function taskProgram(key: Buffer) {
  const taken = new Map<string, TaskToDo>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const right = createHmac('sha256', key)
        .update(`${String(id)}.${String(at)}.${body}`)
        .digest('base64');
      if (signature !== `v1,${right}`) return void response.writeHead(401).end();
      const { data } = JSON.parse(body) as { data: Omit<TaskToDo, 'id'> };
      taken.set(String(id), { ...data, id: String(id) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, taken, stop: () => new Promise<void>((done) => void server.close(() => done())) };
}

/** Who does a task; false: they do not know of it. */
export type Doing = (ticket: string) => Promise<boolean>;

/** The same target, whose tasks are done and answered before a change returns. */
export function answeredByPeople(target: Target, doing: Doing): Target {
  const answer = answering(target, doing);
  return {
    ...sameTarget(target),
    accounts: answeredAccounts(target.accounts, answer),
    entitlements: (kind) => {
      const entitlements = target.entitlements(kind);
      return entitlements === null ? null : answeredEntitlements(entitlements, answer);
    },
  };
}

/** True: the change is done, false: it is not known to be. */
type Answer = (change: () => Promise<unknown>, call: Call) => Promise<boolean>;

function answering({ ask }: Target, doing: Doing): Answer {
  return async (change, call) => {
    try {
      await change();
      throw new Error('a change by people is never done at once');
    } catch (error) {
      if (!(error instanceof CallFailure) || error.terms.ticket === undefined) throw error;
      const { ticket, code } = error.terms;
      const isDone = await doing(ticket);
      if (code !== 'accepted') throw error;
      if (!isDone) return false;
      const asked = await ask?.(ticket, call);
      if (asked?.is !== 'done') throw new Error(`the task is ${asked?.is ?? 'unknown'}`, { cause: error });
      return true;
    }
  };
}

function answeredAccounts(accounts: AccountTarget, answer: Answer): AccountTarget {
  return {
    ...sameAccounts(accounts),
    create: async (sought, written, call) => {
      await answer(() => accounts.create(sought, written, call), call);
      const [shown] = await accounts.find(sought, call);
      if (shown === undefined) throw new Error('it was not made');
      return { status: 201, shown };
    },
    change: async (id, written, before, call) => {
      const isDone = await answer(() => accounts.change(id, written, before, call), call);
      return { status: 202, shown: isDone ? await accounts.read(id, call) : null };
    },
    setActive: async (id, active, call) => {
      const isDone = await answer(() => accounts.setActive(id, active, call), call);
      return { status: 202, shown: isDone ? await accounts.read(id, call) : null };
    },
    remove: async (id, call) => {
      let status = 202;
      const remove = async (): Promise<void> => {
        status = await accounts.remove(id, call);
      };
      await answer(remove, call).catch((error: unknown) => {
        if (status === 202) throw error;
      });
      return status;
    },
  };
}

function answeredEntitlements(entitlements: EntitlementTarget, answer: Answer): EntitlementTarget {
  return {
    ...sameEntitlements(entitlements),
    grant: async (id, accounts, call) => {
      const isDone = await answer(() => entitlements.grant(id, accounts, call), call);
      return { status: 202, shown: isDone ? await entitlements.holders(id, accounts, call) : null };
    },
    revoke: async (id, accounts, call) => {
      await answer(() => entitlements.revoke(id, accounts, call), call);
      return 202;
    },
  };
}
