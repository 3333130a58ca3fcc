import { randomBytes } from 'node:crypto';
import { isGone, CallFailure } from '#libs/outgoing/failure.js';
import type { Value } from '#libs/mapping/expression.js';
import { changesSeen, sameName } from '../shown-account.js';
import type { AccountTarget, Attributes, Call, Changed, Page, ShownAccount, SoughtAccount } from '../target.js';
import { reading } from '../target.js';
import type { AccountDescription, FindRequest } from './account-description.js';
import { valueAt } from './json-pointer.js';
import { changedBody } from './request-body.js';
import type { RestAnswer } from './rest-answers.js';
import type { RestClient } from './rest-client.process.js';
import { filled } from './rest-paths.js';
import { restPage } from './rest-pages.process.js';
import type { ListRequest, RequestTemplate } from './rest-requests.js';
import { chance, type Sources } from './template.js';

/** Accounts of an application that has an API of its own. */
export class RestAccounts implements AccountTarget {
  constructor(
    private readonly client: RestClient,
    private readonly described: AccountDescription,
  ) {}

  get shownWithinMs(): number {
    return this.described.eventuallyMs;
  }

  async find(sought: SoughtAccount, call: Call): Promise<readonly ShownAccount[]> {
    const sources = { externalId: sought.identityId, userName: sought.userName };
    const searches = this.described.find.filter(({ by }) => sources[by] !== null);
    const found = await Promise.all(searches.map((search) => this.search(search, sources, call)));
    // Some searches find what is alike: only accounts of that name are meant.
    return found.flat().filter((one) => isSought(one, sought));
  }

  /** Each is searched for alone. */
  expect(): () => void {
    return () => undefined;
  }

  /** An id that cannot be kept makes a search fail: there is no other way to the account. */
  findUnkept(): Promise<null> {
    return Promise.resolve(null);
  }

  async list(cursor: string | null, call: Call): Promise<Page<ShownAccount>> {
    const { list } = this.described;
    const shown = (item: unknown): ShownAccount => this.shownOr(item, { status: 200 });
    return await restPage(this.client, { request: list, sources: {}, cursor, shown }, call);
  }

  async read(id: string, call: Call): Promise<ShownAccount> {
    const answer = await this.client.send(this.described.read, { 'account.id': id }, call);
    const shown = this.shownOr(valueAt(answer.body, this.described.at), answer);
    if (shown.id === id) return shown;
    throw this.client.unreadable(answer, false, 'the application shows another account under this id');
  }

  async create(
    sought: SoughtAccount,
    written: Attributes,
    call: Call,
  ): Promise<Changed<ShownAccount> & { readonly shown: ShownAccount }> {
    const sources = {
      ...sourcesOf({ ...written, externalId: sought.identityId }),
      [chance]: randomBytes(32).toString('hex'),
    };
    const answer = await this.client.send(this.described.create, sources, call);
    const shown = this.madeIn(answer);
    if (shown === null)
      throw this.client.unreadable(answer, true, 'the answer does not show the id of the new account');
    return { status: answer.status, shown: shown.userName === undefined ? await this.readOr(shown) : shown };
  }

  async change(id: string, written: Attributes, before: Attributes, call: Call): Promise<Changed<ShownAccount>> {
    const { change } = this.described;
    const sources = { ...sourcesOf({ ...before, ...written }), 'account.id': id };
    // A PUT replaces the account: it has everything that the hub writes.
    const changed = new Set(Object.keys(change.method === 'PUT' ? { ...before, ...written } : written));
    const { body } = change;
    const content = body === undefined ? undefined : filled(() => changedBody(body, sources, changed));
    if (body !== undefined && content === undefined) return { status: 200, shown: null };
    const answer = await this.client.sendBody(change, content, { sources, call });
    return await this.changed(id, answer, (shown) => changesSeen(shown, written) === 'yes');
  }

  async setActive(id: string, active: boolean, call: Call): Promise<Changed<ShownAccount>> {
    const request = active ? this.described.enable : this.described.disable;
    const answer = await this.client.send(request, { 'account.id': id }, call);
    return await this.changed(id, answer, (shown) => shown.active === active);
  }

  async remove(id: string, call: Call): Promise<number> {
    const { remove } = this.described;
    if (remove === null) throw notRemovable();
    try {
      return (await this.client.send(remove, { 'account.id': id }, call)).status;
    } catch (error) {
      if (isGone(error)) return notThere;
      throw error;
    }
  }

  private async search({ request }: FindRequest, sources: Sources, call: Call): Promise<readonly ShownAccount[]> {
    if (isList(request)) {
      const items = await this.client.list(request, sources, call);
      return items.map((item) => this.shownOr(item, { status: 200 }));
    }
    try {
      const answer = await this.client.send(request, sources, call);
      return [this.shownOr(valueAt(answer.body, this.described.at), answer)];
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }

  /** What a change comes to: as its answer shows it, or a reading. What is not shown in time says nothing. */
  private async changed(
    id: string,
    answer: RestAnswer,
    isSo: (shown: ShownAccount) => boolean,
  ): Promise<Changed<ShownAccount>> {
    const answered = this.shownIn(answer);
    const shown = answered?.id === id && isSo(answered) ? answered : await this.read(id, reading).catch(nothingShown);
    const tells = shown !== null && (isSo(shown) || this.described.eventuallyMs === 0);
    return { status: answer.status, shown: tells ? shown : null };
  }

  private async readOr(shown: ShownAccount): Promise<ShownAccount> {
    return (await this.read(shown.id, reading).catch(nothingShown)) ?? shown;
  }

  /** The account that an answer to a creation shows, or its id alone. */
  private madeIn(answer: RestAnswer): ShownAccount | null {
    const { created } = this.described;
    if (created === null) return this.shownIn(answer);
    const made = this.client.shown(answer.body, created);
    return made === null ? null : { id: made.id, active: null, at: () => [] };
  }

  private shownIn({ body }: RestAnswer): ShownAccount | null {
    return this.shown(valueAt(body, this.described.at));
  }

  /** @throws CallFailure where it is no account with an id that can be kept */
  private shownOr(item: unknown, answer: Pick<RestAnswer, 'status'>): ShownAccount {
    const shown = this.shown(item);
    if (shown !== null) return shown;
    const { id } = this.described.shown;
    const detail = `an account has no id at ${id} that can be kept`;
    const terms = { status: answer.status, effectUnknown: false, retryAfterMs: null, detail };
    throw new CallFailure({ ...terms, class: 'validation', code: 'look-up-unreliable' });
  }

  private shown(item: unknown): ShownAccount | null {
    const { shown } = this.described;
    const found = this.client.shown(item, shown.id);
    if (found === null) return null;
    const textAt = (pointer: string | null): string | undefined => {
      const value = pointer === null ? undefined : valueAt(found.item, pointer);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    };
    const state = valueAt(found.item, shown.active.pointer);
    const pointers = new Map(Object.entries({ userName: shown.userName, ...shown.attributes }));
    const externalId = textAt(shown.externalId);
    const userName = textAt(shown.userName);
    const createdAt = textAt(shown.createdAt);
    return {
      id: found.id,
      ...(externalId === undefined ? {} : { externalId }),
      ...(userName === undefined ? {} : { userName }),
      ...(createdAt === undefined ? {} : { createdAt }),
      active: state === undefined ? null : shown.active.equals.includes(state),
      at: (target) => {
        const pointer = pointers.get(target);
        const value = pointer === undefined ? undefined : valueAt(found.item, pointer);
        return value === undefined ? [] : [value];
      },
    };
  }
}

const notThere = 404;

const isList = (request: ListRequest | RequestTemplate): request is ListRequest => 'items' in request;

function isSought({ externalId, userName }: ShownAccount, { identityId, userName: name }: SoughtAccount): boolean {
  return (identityId !== null && externalId === identityId) || sameName(userName, name);
}

/** A list of values, each with `value`, gives the primary one, or the first. */
function sourcesOf(attributes: Attributes): Sources {
  const entries = Object.entries(attributes).map(([target, value]) => [target, plainOf(value)]);
  return Object.fromEntries(entries) as Record<string, Value>;
}

function plainOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value ?? null;
  const entries = value.filter((one: unknown) => typeof one === 'object' && one !== null && 'value' in one) as {
    readonly value: unknown;
    readonly primary?: boolean;
  }[];
  if (entries.length < value.length || entries.length === 0) return value;
  return (entries.find(({ primary }) => primary === true) ?? entries[0])?.value ?? null;
}

function nothingShown(error: unknown): null {
  if (error instanceof CallFailure) return null;
  throw error;
}

function notRemovable(): CallFailure {
  const detail = 'this connector does not say how an account is removed: describe accounts.remove, or disable instead';
  const nothingSent = { status: null, effectUnknown: false, retryAfterMs: null };
  return new CallFailure({ class: 'validation', code: 'not-removable', ...nothingSent, detail });
}
