import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import type { Call, Changed, EntitlementTarget, Page, ShownEntitlement, ShownHolders } from '../target.js';
import type { EntitlementDescription } from './entitlement-description.js';
import { sourcesOf } from './request-body.js';
import type { RestClient } from './rest-client.process.js';
import { restPage } from './rest-pages.process.js';
import type { ListRequest, RequestTemplate } from './rest-requests.js';
import type { Sources } from './template.js';

/** How long a list of all is used, in milliseconds. */
const freshMs = 5_000;

/** That one account holds one entitlement. */
interface Assignment {
  readonly id: string | null;
}

/** Roles or groups of an application, granted to one account at a time by its own API. */
export class RestEntitlements implements EntitlementTarget {
  readonly mostAtOnce = 1;
  readonly oneWriter = false;
  private listed: { readonly all: Promise<readonly ShownEntitlement[]>; readonly atMs: number } | null = null;

  constructor(
    private readonly client: RestClient,
    private readonly described: EntitlementDescription,
  ) {}

  get shownWithinMs(): number {
    return this.described.eventuallyMs;
  }

  get create(): EntitlementTarget['create'] {
    const { create } = this.described;
    if (create === null) return null;
    return async (name, call) => {
      const answer = await this.client.send(create, this.named(null, name), call);
      const made = this.client.shown(answer.body, create.id);
      this.listed = null;
      if (made === null) throw this.client.unreadable(answer, true, `the answer has no id at ${create.id}`);
      return { id: made.id, name };
    };
  }

  get allHolders(): EntitlementTarget['allHolders'] {
    const { holders } = this.described;
    if (holders === null) return null;
    return async (id, cursor, call) => {
      const shown = (item: unknown): string => this.client.idAt(item, holders.account);
      return await restPage(this.client, { request: holders, sources: await this.one(id, call), cursor, shown }, call);
    };
  }

  get heldBy(): EntitlementTarget['heldBy'] {
    const { held } = this.described;
    if (held === null) return null;
    return async (account, cursor, call) => {
      const shown = (item: unknown): string => this.client.idAt(item, held.entitlement);
      return await restPage(this.client, { request: held, sources: { 'account.id': account }, cursor, shown }, call);
    };
  }

  async list(cursor: string | null, call: Call): Promise<Page<ShownEntitlement>> {
    const shown = (item: unknown): ShownEntitlement => this.shownOne(item);
    return await restPage(this.client, { request: this.described.list, sources: {}, cursor, shown }, call);
  }

  async find(name: string, call: Call): Promise<readonly ShownEntitlement[]> {
    return (await this.all(call)).filter((one) => one.name === name);
  }

  async read(id: string, call: Call): Promise<ShownEntitlement | null> {
    return (await this.all(call)).find((one) => one.id === id) ?? null;
  }

  /** What the account holds afterwards counts, not the answer: an API may refuse what is granted already. */
  async grant(id: string, accounts: readonly string[], call: Call): Promise<Changed<ShownHolders>> {
    const [account = ''] = accounts;
    const { status, refusal } = await this.granted(id, account, call);
    const isHeld = await this.isHeld(id, account, call, refusal);
    if (isHeld) return { status, shown: { ids: new Set([account]), showsAny: true, whole: true } };
    throw refusal ?? this.notShown(status);
  }

  async revoke(id: string, accounts: readonly string[], call: Call): Promise<number> {
    const [account = ''] = accounts;
    const { revoke } = this.described;
    try {
      const sources = await this.sources(id, account, call);
      if (![...revoke.path.sources, ...bodySources(revoke)].includes('assignment.id'))
        return (await this.client.send(revoke, sources, call)).status;
      // What was granted twice is taken away twice.
      let status = notHeld;
      for (const { id: assignment } of (await this.assignments(id, account, call)).of)
        ({ status } = await this.client.send(revoke, { ...sources, 'assignment.id': assignment }, call));
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
      const found = await this.assignments(id, account, call);
      showsAny ||= found.showsAny;
      if (found.of.length > 0) ids.add(account);
    }
    return { ids, showsAny, whole: true };
  }

  private async granted(
    id: string,
    account: string,
    call: Call,
  ): Promise<{ readonly status: number; readonly refusal: CallFailure | null }> {
    try {
      const { status } = await this.client.send(this.described.grant, await this.sources(id, account, call), call);
      return { status, refusal: null };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { status: error.terms.status ?? 0, refusal: error };
    }
  }

  /** Every one that the application has. */
  private async all(call: Call): Promise<readonly ShownEntitlement[]> {
    const nowMs = performance.now();
    if (this.listed === null || nowMs - this.listed.atMs > freshMs) {
      const all = this.client
        .list(this.described.list, {}, call)
        .then((items) => items.map((one) => this.shownOne(one)));
      this.listed = { all, atMs: nowMs };
      all.catch(() => (this.listed = null));
    }
    return await this.listed.all;
  }

  private shownOne(item: unknown): ShownEntitlement {
    const { list } = this.described;
    const name = this.client.textAt(item, list.name);
    const description = list.description === null ? null : this.client.textAt(item, list.description);
    return {
      id: this.client.idAt(item, list.id),
      ...(name === null ? {} : { name }),
      ...(description === null ? {} : { description }),
    };
  }

  /** By what the account holds, where that is shown: it is shorter than a list of all holders. */
  private async assignments(
    id: string,
    account: string,
    call: Call,
  ): Promise<{ readonly of: readonly Assignment[]; readonly showsAny: boolean }> {
    const { held, holders } = this.described;
    if (held !== null) {
      const found = await this.listedAt(held, { 'account.id': account }, call, held.entitlement);
      return { of: found.filter(({ named }) => named === id), showsAny: found.length > 0 };
    }
    if (holders === null) throw new Error('a description has held or holders');
    const found = await this.listedAt(holders, await this.one(id, call), call, holders.account);
    return { of: found.filter(({ named }) => named === account), showsAny: found.length > 0 };
  }

  private async listedAt(
    request: ListRequest & { readonly assignment: string | null },
    sources: Sources,
    call: Call,
    pointer: string,
  ): Promise<readonly (Assignment & { readonly named: string })[]> {
    const { assignment } = request;
    return (await this.client.list(request, sources, call)).map((item) => ({
      named: this.client.idAt(item, pointer),
      id: assignment === null ? null : this.client.idAt(item, assignment),
    }));
  }

  /** @param refusal of the grant: where the account cannot be read either, this is what is wrong */
  private async isHeld(id: string, account: string, call: Call, refusal: CallFailure | null): Promise<boolean> {
    try {
      return (await this.assignments(id, account, call)).of.length > 0;
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      throw refusal ?? new CallFailure({ ...error.terms, effectUnknown: true }, { cause: error });
    }
  }

  private async sources(id: string, account: string, call: Call): Promise<Sources> {
    return { 'account.id': account, ...(await this.one(id, call)) };
  }

  /** With its name, where a template reads that. */
  private async one(id: string, call: Call): Promise<Sources> {
    const { kind, grant, revoke, holders } = this.described;
    const readers = [grant, revoke, ...(holders === null ? [] : [holders])];
    const needsName = readers.some((one) => [...one.path.sources, ...bodySources(one)].includes(`${kind}.name`));
    return this.named(id, needsName ? ((await this.read(id, call))?.name ?? null) : null);
  }

  private named(id: string | null, name: string | null): Sources {
    const { kind } = this.described;
    return { [`${kind}.id`]: id, [`${kind}.name`]: name };
  }

  /** Answered with success, and the account does not show it: yet, or at all. */
  private notShown(status: number): CallFailure {
    const { kind, eventuallyMs } = this.described;
    const detail = `the application answered that it granted the ${kind}, and does not show it`;
    const terms = { status, retryAfterMs: null, detail };
    if (eventuallyMs > 0)
      return new CallFailure({ ...terms, class: 'transient', code: 'not-shown-yet', effectUnknown: true });
    return new CallFailure({ ...terms, class: 'silent-failure', code: 'silent-failure', effectUnknown: false });
  }
}

const notHeld = 404;

const bodySources = ({ body }: RequestTemplate): readonly string[] => (body === undefined ? [] : sourcesOf(body));

function isRefusal(error: unknown): error is CallFailure {
  return error instanceof CallFailure && (error.terms.class === 'conflict' || error.terms.class === 'validation');
}
