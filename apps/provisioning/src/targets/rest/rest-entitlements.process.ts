import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import type { Call, Changed, EntitlementTarget, Page, ShownEntitlement, ShownHolders } from '../target.js';
import type { RestClient } from './rest-client.process.js';
import type { RoleDescription } from './rest-description.js';
import { restPage } from './rest-pages.process.js';

/** How long a list of all roles is used, in milliseconds. */
const freshMs = 5_000;

interface Held {
  readonly role: string;
  readonly assignment: string | null;
}

/** Roles of an application, granted to one account at a time by its own API. */
export class RestRoles implements EntitlementTarget {
  readonly mostAtOnce = 1;
  readonly oneWriter = false;
  readonly create = null;
  private listed: { readonly roles: Promise<readonly ShownEntitlement[]>; readonly atMs: number } | null = null;

  constructor(
    private readonly client: RestClient,
    private readonly roles: RoleDescription,
  ) {}

  /** Null where the application shows only what one account holds. */
  get allHolders(): EntitlementTarget['allHolders'] {
    const { holders } = this.roles;
    if (holders === null) return null;
    return async (id, cursor, call) => {
      const name = holders.path.sources.includes('role.name') ? ((await this.read(id, call))?.name ?? null) : null;
      const sources = { 'role.id': id, 'role.name': name };
      const shown = (item: unknown): string => this.client.idAt(item, holders.account);
      return await restPage(this.client, { request: holders, sources, cursor, shown }, call);
    };
  }

  readonly heldBy = async (account: string, cursor: string | null, call: Call): Promise<Page<string>> => {
    const { held } = this.roles;
    const shown = (item: unknown): string => this.client.idAt(item, held.role);
    return await restPage(this.client, { request: held, sources: { 'account.id': account }, cursor, shown }, call);
  };

  async list(cursor: string | null, call: Call): Promise<Page<ShownEntitlement>> {
    const shown = (item: unknown): ShownEntitlement => this.shownRole(item);
    return await restPage(this.client, { request: this.roles.list, sources: {}, cursor, shown }, call);
  }

  get shownWithinMs(): number {
    return this.roles.eventuallyMs;
  }

  async find(name: string, call: Call): Promise<readonly ShownEntitlement[]> {
    return (await this.all(call)).filter((role) => role.name === name);
  }

  async read(id: string, call: Call): Promise<ShownEntitlement | null> {
    return (await this.all(call)).find((role) => role.id === id) ?? null;
  }

  /** What the account holds afterwards counts, not the answer: an API may refuse what is granted already. */
  async grant(id: string, accounts: readonly string[], call: Call): Promise<Changed<ShownHolders>> {
    const [account = ''] = accounts;
    const refusedOr = async (): Promise<{ status: number; refusal: CallFailure | null }> => {
      try {
        const { status } = await this.client.send(this.roles.grant, await this.sources(id, account, call), call);
        return { status, refusal: null };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { status: error.terms.status ?? 0, refusal: error };
      }
    };
    const { status, refusal } = await refusedOr();
    const isHeld = await this.isHeld(id, account, call, refusal);
    if (isHeld) return { status, shown: { ids: new Set([account]), showsAny: true, whole: true } };
    throw refusal ?? this.notShown(status);
  }

  async revoke(id: string, accounts: readonly string[], call: Call): Promise<number> {
    const [account = ''] = accounts;
    try {
      const sources = await this.sources(id, account, call);
      if (!this.roles.revoke.path.sources.includes('assignment.id'))
        return (await this.client.send(this.roles.revoke, sources, call)).status;
      const held = (await this.heldNow(account, call)).filter((one) => one.role === id);
      // What was granted twice is taken away twice.
      let status = notHeld;
      for (const { assignment } of held)
        ({ status } = await this.client.send(this.roles.revoke, { ...sources, 'assignment.id': assignment }, call));
      return status;
    } catch (error) {
      if (isGone(error)) return error.terms.status ?? notHeld;
      throw error;
    }
  }

  async holders(id: string, accounts: readonly string[], call: Call): Promise<ShownHolders> {
    const ids = new Set<string>();
    let showsAny = false;
    for (const account of accounts) {
      const held = await this.heldNow(account, call);
      showsAny ||= held.length > 0;
      if (held.some(({ role }) => role === id)) ids.add(account);
    }
    return { ids, showsAny, whole: true };
  }

  /** Every role that the application has. */
  private async all(call: Call): Promise<readonly ShownEntitlement[]> {
    const nowMs = performance.now();
    if (this.listed === null || nowMs - this.listed.atMs > freshMs) {
      const roles = this.client
        .list(this.roles.list, {}, call)
        .then((items) => items.map((one) => this.shownRole(one)));
      this.listed = { roles, atMs: nowMs };
      roles.catch(() => (this.listed = null));
    }
    return await this.listed.roles;
  }

  private shownRole(item: unknown): ShownEntitlement {
    const { list } = this.roles;
    const name = this.client.textAt(item, list.name);
    const description = list.description === null ? null : this.client.textAt(item, list.description);
    return {
      id: this.client.idAt(item, list.id),
      ...(name === null ? {} : { name }),
      ...(description === null ? {} : { description }),
    };
  }

  private async heldNow(account: string, call: Call): Promise<readonly Held[]> {
    const { held } = this.roles;
    const items = await this.client.list(held, { 'account.id': account }, call);
    return items.map((item) => ({
      role: this.client.idAt(item, held.role),
      assignment: held.assignment === null ? null : this.client.idAt(item, held.assignment),
    }));
  }

  /** @param refusal of the grant: where the account cannot be read either, this is what is wrong */
  private async isHeld(id: string, account: string, call: Call, refusal: CallFailure | null): Promise<boolean> {
    try {
      return (await this.heldNow(account, call)).some(({ role }) => role === id);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      throw refusal ?? new CallFailure({ ...error.terms, effectUnknown: true }, { cause: error });
    }
  }

  private async sources(id: string, account: string, call: Call): Promise<Readonly<Record<string, string | null>>> {
    const { grant, revoke } = this.roles;
    const needsName = [grant, revoke].some(({ path, body }) => path.sources.includes('role.name') || namesRole(body));
    const name = needsName ? ((await this.read(id, call))?.name ?? null) : null;
    return { 'account.id': account, 'role.id': id, 'role.name': name };
  }

  /** Answered with success, and the account does not show it: yet, or at all. */
  private notShown(status: number): CallFailure {
    const detail = 'the application answered that it granted the role, and does not show it';
    const terms = { status, retryAfterMs: null, detail };
    if (this.roles.eventuallyMs > 0)
      return new CallFailure({ ...terms, class: 'transient', code: 'not-shown-yet', effectUnknown: true });
    return new CallFailure({ ...terms, class: 'silent-failure', code: 'silent-failure', effectUnknown: false });
  }
}

const notHeld = 404;

function namesRole(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  if (Array.isArray(body)) return body.some(namesRole);
  if ('sources' in body && Array.isArray(body.sources)) return body.sources.includes('role.name');
  return 'fields' in body && typeof body.fields === 'object' && Object.values(body.fields ?? {}).some(namesRole);
}

function isRefusal(error: unknown): error is CallFailure {
  return error instanceof CallFailure && (error.terms.class === 'conflict' || error.terms.class === 'validation');
}
