import { formatFilterValue } from '#libs/scim/filter/filter.js';
import { AuthorizedExchange, type ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import {
  fail,
  isJson,
  isListResponse,
  listNames,
  membersOf,
  named,
  resourceNames,
  sendableUsers,
  type ShownMembers,
  totalOf,
  unreliable,
  wrongAddress,
} from './reading.js';
import type { Answer } from '#libs/outgoing/classify.js';
import { isWhole, type ListPage, pageSize, pathOf, type Search } from './search.js';
import type { OutsideText, ReadJson } from '#libs/outgoing/outside-text.js';
import { isGone, CallFailure } from '#libs/outgoing/failure.js';
import type { Outgoing } from '#libs/outgoing/http-exchange.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import {
  errorSchema,
  groupSchema,
  memberRemovals,
  patchSchema,
  tidied,
  type PatchOperation,
  type ScimGroup,
  type ScimUser,
} from './resources.js';

export interface Name {
  readonly attribute: string;
  readonly value: string;
}

/** What a change was answered with. */
export interface Changed<Resource> {
  readonly status: number;
  /** The resource as the answer shows it; null where it shows none. */
  readonly shown: Resource | null;
}

/** What a creation was answered with. */
export interface Made<Resource> extends Changed<Resource> {
  readonly id: string;
  readonly shown: Resource;
}

/** Time left for a call, of the operation it belongs to. */
export interface CallLimits {
  readonly withinMs?: number;
}

const fixedHeaders = { accept: 'application/scim+json, application/json', 'user-agent': 'identity-hub' };
const longestUnreadable = 200;
const maxFound = 1_000;
const written = { ...fixedHeaders, 'content-type': 'application/scim+json' };

/**
 * SCIM 2.0 over HTTP (RFC 7644), as the hub needs it: find, create, patch, delete, and groups by named members.
 * Every method either did what it says or throws {@link CallFailure}, whose `effectUnknown` says whether it may have.
 */
export class ScimClient {
  private readonly exchange: AuthorizedExchange;
  private readonly outside: OutsideText;
  /** Kinds of which the application has shown a list. */
  private readonly lists = new Set<string>();

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(access: ApplicationAccess) {
    this.exchange = new AuthorizedExchange(access);
    this.outside = this.exchange.outside;
  }

  /** Users whose `attribute` equals `value`, as far as the application understands that; the caller checks each. */
  findUsers(attribute: string, value: string, limits?: CallLimits): Promise<ScimUser[]> {
    return this.list<ScimUser>({ kind: 'Users', filter: equals({ attribute, value }) }, limits);
  }

  /**
   * Users with any of these names, all of them or none: an answer that does not say that it is complete is refused. The
   * caller must check whether the application understood the filter.
   * @throws CallFailure `look-up-unreliable` for a page of more, or no count
   */
  findUsersByAny(names: readonly Name[], limits?: CallLimits): Promise<ScimUser[]> {
    return this.list<ScimUser>({ kind: 'Users', filter: names.map(equals).join(' or '), counted: true }, limits);
  }

  /**
   * The same, of one page, with ids as they were sent, also those that cannot be kept: for a call at once, never for storage.
   * What has no id that can be sent is left out.
   */
  async findUsersOfAnyId(attribute: string, value: string, limits?: CallLimits): Promise<ScimUser[]> {
    const path = pathOf({ kind: 'Users', filter: equals({ attribute, value }) }, 0);
    const answer = await this.send('GET', path, undefined, limits);
    return sendableUsers(this.parse(answer, false).value as object, answer.isUtf8);
  }

  async getUser(id: string, limits?: CallLimits): Promise<ScimUser> {
    return this.asked<ScimUser>(id, await this.send('GET', `/Users/${encodeURIComponent(id)}`, undefined, limits));
  }

  /** @throws CallFailure `unreadable-answer` with the effect unknown when the answer names no id */
  async createUser(resource: object, limits?: CallLimits): Promise<Made<ScimUser>> {
    const answer = await this.send('POST', '/Users', resource, limits);
    const shown = this.resource<ScimUser>(answer, true);
    return { status: answer.status, id: shown.id, shown };
  }

  async patchUser(id: string, operations: readonly PatchOperation[], limits?: CallLimits): Promise<Changed<ScimUser>> {
    return await this.patch<ScimUser>('Users', id, operations, limits);
  }

  /** Deletes; what is gone already counts as done. */
  async deleteUser(id: string, limits?: CallLimits): Promise<number> {
    try {
      const path = `/Users/${encodeURIComponent(id)}`;
      const answer = await this.unlessTooLarge(this.send('DELETE', path, undefined, limits));
      return typeof answer === 'number' ? answer : answer.status;
    } catch (error) {
      if (isGone(error)) return error.terms.status ?? 404;
      throw error;
    }
  }

  findGroups(displayName: string, limits?: CallLimits): Promise<ScimGroup[]> {
    const filter = equals({ attribute: 'displayName', value: displayName });
    return this.list<ScimGroup>({ kind: 'Groups', filter, more: '&excludedAttributes=members' }, limits);
  }

  /** Without members, which some applications refuse at creation. */
  async createGroup(displayName: string, limits?: CallLimits): Promise<ScimGroup> {
    const body = { schemas: [groupSchema], displayName };
    return this.resource<ScimGroup>(await this.send('POST', '/Groups', body, limits), true);
  }

  /** Adds exactly these members; nobody else's membership is touched. */
  async addMembers(group: string, members: readonly string[], limits?: CallLimits): Promise<Changed<ScimGroup>> {
    const value = members.map((member) => ({ value: member }));
    const operations = [{ op: 'add', path: 'members', value }] as const;
    return await this.patch<ScimGroup>('Groups', group, operations, limits);
  }

  /** Removes exactly these members, each by its own path: a `remove` of `members` with a value may empty the group. */
  async removeMembers(group: string, members: readonly string[], limits?: CallLimits): Promise<number> {
    return (await this.patch('Groups', group, memberRemovals(members), limits)).status;
  }

  /** A group, without its members where the application leaves them out; null when there is none of that id. */
  async getGroup(id: string, limits?: CallLimits): Promise<ScimGroup | null> {
    const path = `/Groups/${encodeURIComponent(id)}?excludedAttributes=members`;
    try {
      return this.asked<ScimGroup>(id, await this.send('GET', path, undefined, limits));
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Ids of a group's members, as far as the answer shows them. */
  async groupMembers(group: string, limits?: CallLimits): Promise<ShownMembers> {
    const read = this.send('GET', `/Groups/${encodeURIComponent(group)}`, undefined, limits);
    const answer = await this.unlessTooLarge(read);
    if (typeof answer === 'number') return { ids: new Set(), whole: false };
    return membersOf(this.asked<ScimGroup>(group, answer));
  }

  /**
   * The answer to a request for the list of users.
   * @throws CallFailure only when no answer came
   */
  async probe(limits?: CallLimits): Promise<{ readonly status: number; readonly isList: boolean }> {
    const answer = await this.answer('GET', '/Users?startIndex=1&count=1', undefined, limits);
    const { status } = answer;
    if (status !== 200) return { status, isList: false };
    try {
      return { status, isList: isListResponse(this.parse(answer, false).value as object) };
    } catch {
      return { status, isList: false };
    }
  }

  /**
   * One page of all resources of a kind, without filter.
   * @param from position of its first resource, counted from 0
   */
  async listPage<Resource extends { readonly id: string }>(
    kind: 'Users' | 'Groups',
    from: number,
    limits?: CallLimits,
  ): Promise<ListPage<Resource>> {
    const more = kind === 'Groups' ? '&excludedAttributes=members' : '';
    const path = `/${kind}?startIndex=${from + 1}&count=${pageSize}${more}`;
    const answer = await this.answer('GET', path, undefined, limits);
    if (answer.status === 404) throw wrongAddress(answer);
    const { read, values, total } = this.listed(answer);
    const entries = values.map((value): readonly [string, Resource | null] => {
      const one = this.identified<Resource>(answer, { ...read, value });
      return [one?.id ?? JSON.stringify(value), one];
    });
    return { entries, total, asked: pageSize };
  }

  /** Ends every call under way, at once. */
  async destroy(): Promise<void> {
    await this.exchange.destroy();
  }

  private async patch<Resource extends { readonly id: string }>(
    kind: 'Users' | 'Groups',
    id: string,
    operations: readonly PatchOperation[],
    limits?: CallLimits,
  ): Promise<Changed<Resource>> {
    const path = `/${kind}/${encodeURIComponent(id)}`;
    const body = { schemas: [patchSchema], Operations: operations };
    const answer = await this.unlessTooLarge(this.send('PATCH', path, body, limits));
    if (typeof answer === 'number') return { status: answer, shown: null };
    const { status } = answer;
    const shown = answer.text === '' ? null : this.identified<Resource>(answer, this.parse(answer, true));
    // What shows another object says nothing of this one.
    return { status, shown: shown?.id === id ? shown : null };
  }

  /** Every page of what was found, up to {@link maxFound}: nobody has more than that of one name. */
  private async list<Resource extends { readonly id: string }>(
    search: Search,
    { withinMs = callTimeoutMs }: CallLimits = {},
  ): Promise<Resource[]> {
    const started = performance.now();
    const found = new Map<string, Resource>();
    for (;;) {
      const left = { withinMs: withinMs - (performance.now() - started) };
      const answer = await this.answer('GET', pathOf(search, found.size), undefined, left);
      if (answer.status === 404) return await this.noneBy404(search.kind, answer, found.size, left);
      const { resources, total } = this.page<Resource>(answer, search.counted === true);
      const before = found.size;
      for (const one of resources) found.set(one.id, one);
      if (isWhole({ before, found: found.size, shown: resources.length, total })) return [...found.values()];
      if (found.size === before || found.size >= maxFound || search.counted === true)
        throw unreliable(answer, 'the application shows only a part of what it found');
    }
  }

  /**
   * Some applications answer 404 in SCIM's own form when nothing matches (RFC 7644 §3.4.2 asks for an empty list). So does
   * every one for a wrong path, and that has no list at all.
   */
  private async noneBy404(kind: string, answer: Answer, found: number, limits: CallLimits): Promise<[]> {
    if (found === 0 && answer.text.includes(errorSchema) && (await this.hasList(kind, limits))) return [];
    throw wrongAddress(answer);
  }

  private page<Resource extends { readonly id: string }>(
    answer: Answer,
    counted: boolean,
  ): { resources: readonly Resource[]; total: number } {
    const { read, values, total } = this.listed(answer);
    const resources = values.map((value: unknown) => {
      const one = this.identified<Resource>(answer, { ...read, value });
      return one ?? fail(unreliable(answer, 'the application shows an object whose id cannot be read'));
    });
    return { resources, total: total ?? (counted ? Infinity : 0) };
  }

  private listed(answer: Answer): { read: ReadJson; values: readonly unknown[]; total: number | null } {
    this.refuse(answer, false);
    const read = this.parse(answer, false);
    const body = named(read.value as object, listNames);
    if (!isListResponse(body)) throw this.unreadable(answer, false, 'not-a-list');
    const values = body['Resources'] ?? [];
    if (!Array.isArray(values)) throw this.unreadable(answer, false);
    return { read, values: values as unknown[], total: totalOf(body) };
  }

  /** Is there a list of this kind? Checked once if there is. */
  private async hasList(kind: string, limits?: CallLimits): Promise<boolean> {
    if (this.lists.has(kind)) return true;
    const answer = await this.answer('GET', `/${kind}?startIndex=1&count=1`, undefined, limits);
    if (answer.status !== 404) this.refuse(answer, false);
    if (answer.status !== 200 || !isListResponse(this.parse(answer, false).value as object)) return false;
    this.lists.add(kind);
    return true;
  }

  /** What shows another object says nothing of the one that was asked for. */
  private asked<Resource extends { readonly id: string }>(id: string, answer: Answer): Resource {
    const found = this.resource<Resource>(answer, false);
    if (found.id.toLowerCase() === id.toLowerCase()) return found;
    throw unreliable(answer, 'the application shows another object under this id');
  }

  private resource<Resource extends { readonly id: string }>(answer: Answer, write: boolean): Resource {
    return this.identified<Resource>(answer, this.parse(answer, write)) ?? fail(this.unreadable(answer, write));
  }

  /** With an id as text, also where the application counts in numbers; null without one that is known byte for byte. */
  private identified<Resource extends { readonly id: string }>(
    { isUtf8 }: Answer,
    { value, clean }: ReadJson,
  ): Resource | null {
    const shown = typeof value === 'object' && value !== null ? named(value, resourceNames) : value;
    const found = this.outside.resource(shown, clean);
    if (found === null || (!isUtf8 && found.id.includes('\ufffd'))) return null;
    return tidied(found) as Resource;
  }

  private parse(answer: Answer, write: boolean): ReadJson {
    if (!isJson(answer)) throw this.unreadable(answer, write);
    try {
      const read = this.outside.json(answer.text);
      if (typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value)) return read;
    } catch {
      // Falls through: broken off or not JSON.
    }
    throw this.unreadable(answer, write);
  }

  /** 2xx, but not usable: empty, incomplete, a login page. Its effect is unknown. */
  private unreadable({ status, text }: Answer, write: boolean, code = 'unreadable-answer'): CallFailure {
    return new CallFailure({
      class: 'transient',
      code,
      status,
      effectUnknown: write,
      retryAfterMs: null,
      detail: this.outside.words(text, longestUnreadable),
    });
  }

  private async send(
    method: Outgoing['method'],
    path: string,
    body: object | undefined,
    limits?: CallLimits,
  ): Promise<Answer> {
    const answer = await this.answer(method, path, body, limits);
    this.refuse(answer, method !== 'GET');
    return answer;
  }

  /** Whatever status came; once more with fresh credentials after a 401. */
  private async answer(
    method: Outgoing['method'],
    path: string,
    body: object | undefined,
    { withinMs = callTimeoutMs }: CallLimits = {},
  ): Promise<Answer> {
    const headers = body === undefined ? fixedHeaders : written;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return await this.exchange.answer({ method, path, headers, ...sent, withinMs });
  }

  /** The status alone of an answer that was more than anyone reads, where that is enough to know. */
  private async unlessTooLarge(call: Promise<Answer>): Promise<Answer | number> {
    try {
      return await call;
    } catch (error) {
      const { code, status } = error instanceof CallFailure ? error.terms : { code: '', status: null };
      if (code === 'answer-too-large' && status !== null && status >= 200 && status < 300) return status;
      throw error;
    }
  }

  private refuse(answer: Answer, write: boolean): void {
    const failure = this.exchange.failureOf(answer, write);
    if (failure !== null) throw new CallFailure(failure);
  }
}

const equals = ({ attribute, value }: Name): string => `${attribute} eq ${formatFilterValue(value)}`;
