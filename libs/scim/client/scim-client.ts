import { formatFilterValue } from '#libs/scim/filter/filter.js';
import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import type { Answer } from '#libs/outgoing/classify.js';
import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import { applied, withoutConditions } from './apply-patch.js';
import { type Probed, ScimLists } from './lists.js';
import { patchBody } from './patch-body.js';
import { generic, type ScimProfile } from './profile.js';
import { membersOf, sendableUsers, type ShownMembers } from './reading.js';
import { groupSchema, memberRemovals, type PatchOperation, type ScimGroup, type ScimUser } from './resources.js';
import { type ListPage, pathOf, type Place } from './search.js';
import type { CallLimits } from './request.js';
import { ScimWire } from './wire.js';

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

type Kind = 'Users' | 'Groups';
type Resource = ScimUser | ScimGroup;

/**
 * SCIM over HTTP (RFC 7644, and 1.1), as the hub needs it: find, create, change, delete, and groups by named members, in the
 * form that the application's profile says.
 * Every method either did what it says or throws {@link CallFailure}, whose `effectUnknown` says whether it may have.
 */
export class ScimClient {
  private readonly wire: ScimWire;
  private readonly lists: ScimLists;
  /** How the application takes changes: as its profile says, until it refuses that with 405 or 501. */
  private verb: ScimProfile['update'];

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(
    access: ApplicationAccess,
    private readonly profile: ScimProfile = generic,
  ) {
    this.wire = new ScimWire(access, profile);
    this.lists = new ScimLists(this.wire, profile);
    this.verb = profile.update;
  }

  /** Users whose `attribute` equals `value`, as far as the application understands that; the caller checks each. */
  findUsers(attribute: string, value: string, limits?: CallLimits): Promise<ScimUser[]> {
    return this.lists.all<ScimUser>({ kind: 'Users', filter: equals({ attribute, value }) }, limits);
  }

  /** The same among those who may not be used, for applications that leave them out otherwise. */
  findInactiveUsers(attribute: string, value: string, limits?: CallLimits): Promise<ScimUser[]> {
    const filter = `${equals({ attribute, value })} and active eq false`;
    return this.lists.all<ScimUser>({ kind: 'Users', filter }, limits);
  }

  /** Users whom a filter matches, as far as the application understands it; the caller checks each. */
  findUsersWhere(filter: string, limits?: CallLimits): Promise<ScimUser[]> {
    return this.lists.all<ScimUser>({ kind: 'Users', filter }, limits);
  }

  /**
   * Users with any of these names, all of them or none: an answer that does not say that it is complete is refused. The
   * caller must check whether the application understood the filter.
   * @throws CallFailure `look-up-unreliable` for a page of more, or no count
   */
  findUsersByAny(names: readonly Name[], limits?: CallLimits): Promise<ScimUser[]> {
    return this.lists.all<ScimUser>({ kind: 'Users', filter: names.map(equals).join(' or '), counted: true }, limits);
  }

  /**
   * The same, of one page, with ids as they were sent, also those that cannot be kept: for a call at once, never for storage.
   * What has no id that can be sent is left out.
   */
  async findUsersOfAnyId(attribute: string, value: string, limits?: CallLimits): Promise<ScimUser[]> {
    const search = { kind: 'Users', filter: equals({ attribute, value }) } as const;
    const path = pathOf(this.profile, search, { found: 0, cursor: null });
    const answer = await this.wire.send({ method: 'GET', path }, limits);
    return sendableUsers(this.wire.parse(answer, false).value as object, answer.isUtf8);
  }

  async getUser(id: string, limits?: CallLimits): Promise<ScimUser> {
    const request = { method: 'GET', path: this.path('Users', id) } as const;
    return this.wire.asked<ScimUser>(id, await this.wire.send(request, limits));
  }

  /** @throws CallFailure `unreadable-answer` with the effect unknown when the answer names no id */
  async createUser(resource: object, limits?: CallLimits): Promise<Made<ScimUser>> {
    const request = { method: 'POST', path: this.profile.usersPath, body: resource } as const;
    const answer = await this.wire.send(request, limits);
    const shown = this.wire.resource<ScimUser>(answer, true);
    return { status: answer.status, id: shown.id, shown };
  }

  /** @param shown the user as the application has it, where that is known: a later version of it is then not overwritten */
  async patchUser(
    id: string,
    operations: readonly PatchOperation[],
    limits?: CallLimits,
    shown: ScimUser | null = null,
  ): Promise<Changed<ScimUser>> {
    const after = (user: ScimUser): object => applied(user, operations);
    return await this.change<ScimUser>({ kind: 'Users', id, operations, shown, after }, limits);
  }

  /** Writes the whole user: as it is, with these changes. */
  async putUser(id: string, operations: readonly PatchOperation[], limits?: CallLimits): Promise<Changed<ScimUser>> {
    const after = (user: ScimUser): object => applied(user, operations);
    return await this.put<ScimUser>({ kind: 'Users', id, after }, limits);
  }

  /** One operation without a path. */
  async patchUserPathless(id: string, value: object, limits?: CallLimits): Promise<Changed<ScimUser>> {
    const operations = Object.entries(value).map(([path, one]: [string, unknown]): PatchOperation => ({
      op: 'replace',
      path,
      value: one,
    }));
    const shape = this.profile.patchShape === 'paths' ? 'pathless' : this.profile.patchShape;
    const body = patchBody(operations, { ...this.profile, patchShape: shape });
    return await this.patch<ScimUser>({ kind: 'Users', id, body }, limits);
  }

  /** Deletes; what is gone already counts as done. */
  async deleteUser(id: string, limits?: CallLimits): Promise<number> {
    try {
      const answer = await this.wire.sendUnread({ method: 'DELETE', path: this.path('Users', id) }, limits);
      return typeof answer === 'number' ? answer : answer.status;
    } catch (error) {
      if (isGone(error)) return error.terms.status ?? 404;
      throw error;
    }
  }

  /** Deletes a group; what is gone already counts as done. */
  async deleteGroup(id: string, limits?: CallLimits): Promise<void> {
    try {
      await this.wire.sendUnread({ method: 'DELETE', path: this.path('Groups', id) }, limits);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  findGroups(displayName: string, limits?: CallLimits): Promise<ScimGroup[]> {
    const filter = equals({ attribute: 'displayName', value: displayName });
    return this.lists.all<ScimGroup>({ kind: 'Groups', filter, more: this.withoutMembers }, limits);
  }

  /** Without members, which some applications refuse at creation. */
  async createGroup(displayName: string, limits?: CallLimits): Promise<ScimGroup> {
    const members = this.profile.membersOnCreate === 'empty-list' ? { members: [] } : {};
    const body = { schemas: [groupSchema], displayName, ...members };
    const request = { method: 'POST', path: this.profile.groupsPath, body } as const;
    return this.wire.resource<ScimGroup>(await this.wire.send(request, limits), true);
  }

  /** Adds exactly these members; nobody else's membership is touched. */
  async addMembers(group: string, members: readonly string[], limits?: CallLimits): Promise<Changed<ScimGroup>> {
    const value = members.map((member) => ({ value: member }));
    const operations = [{ op: 'add', path: 'members', value }] as const;
    const after = (one: ScimGroup): object => {
      const known = one.members ?? [];
      return { ...one, members: [...known, ...value.filter((member) => !isIn(known, member.value))] };
    };
    return await this.change<ScimGroup>({ kind: 'Groups', id: group, operations, shown: null, after }, limits);
  }

  /**
   * Removes exactly these members, each by its own path: elsewhere than where the profile says otherwise, a `remove` of
   * `members` with a value may empty the group.
   */
  async removeMembers(group: string, members: readonly string[], limits?: CallLimits): Promise<number> {
    const value = members.map((member) => ({ value: member }));
    const isByValue = this.profile.memberRemoval === 'value-list' && this.profile.memberChanges === 'patch';
    if (!isByValue) {
      const operations = memberRemovals(members);
      const after = (one: ScimGroup): object => ({
        ...one,
        members: (one.members ?? []).filter((member) => !isIn(value, member.value)),
      });
      const change = { kind: 'Groups', id: group, operations, shown: null, after } as const;
      return (await this.change<ScimGroup>(change, limits)).status;
    }
    const body = patchBody([{ op: 'remove', path: 'members', value }], this.profile);
    return (await this.patch<ScimGroup>({ kind: 'Groups', id: group, body }, limits)).status;
  }

  /** Membership as a change of the user, for applications that keep it there. */
  async changeGroupsOfUser(
    user: string,
    op: 'add' | 'remove',
    group: string,
    limits?: CallLimits,
  ): Promise<Changed<ScimUser>> {
    const [removal] = memberRemovals([group]);
    const operation: PatchOperation =
      op === 'add'
        ? { op, path: 'groups', value: [{ value: group }] }
        : { op, path: (removal?.path ?? '').replace(/^members/, 'groups') };
    const body = patchBody([operation], this.profile);
    return await this.patch<ScimUser>({ kind: 'Users', id: user, body }, limits);
  }

  /** A group, without its members where the application leaves them out; null when there is none of that id. */
  async getGroup(id: string, limits?: CallLimits): Promise<ScimGroup | null> {
    const query = this.withoutMembers === '' ? '' : `?${this.withoutMembers}`;
    try {
      const request = { method: 'GET', path: `${this.path('Groups', id)}${query}` } as const;
      return this.wire.asked<ScimGroup>(id, await this.wire.send(request, limits));
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Ids of a group's members, as far as the answer shows them. */
  async groupMembers(group: string, limits?: CallLimits): Promise<ShownMembers> {
    const answer = await this.wire.sendUnread({ method: 'GET', path: this.path('Groups', group) }, limits);
    if (typeof answer === 'number') return { ids: new Set(), whole: false };
    return membersOf(this.wire.asked<ScimGroup>(group, answer));
  }

  /** Is this user a member? Asked by a filter, for applications that show no members. */
  async isMember(group: string, user: string, limits?: CallLimits): Promise<boolean> {
    const filter = `${equals({ attribute: 'id', value: group })} and members eq ${formatFilterValue(user)}`;
    const found = await this.lists.all<ScimGroup>({ kind: 'Groups', filter }, limits);
    return found.some(({ id }) => id === group);
  }

  /**
   * The answer to a request for the list of users.
   * @throws CallFailure only when no answer came
   */
  probe(limits?: CallLimits): Promise<Probed> {
    return this.lists.probe(limits);
  }

  /** One page of all resources of a kind, without filter. */
  listPage<One extends Resource>(kind: Kind, place: Place, limits?: CallLimits): Promise<ListPage<One>> {
    return this.lists.listPage<One>(kind, place, limits);
  }

  /** What the service says of itself. @param path below the base address @throws CallFailure where it says nothing */
  async discovered(path: string, limits?: CallLimits): Promise<object> {
    const answer = await this.wire.send({ method: 'GET', path: `/${path}` }, limits);
    return this.wire.parse(answer, false).value as object;
  }

  /** Ends every call under way, at once. */
  async destroy(): Promise<void> {
    await this.wire.destroy();
  }

  private get withoutMembers(): string {
    return this.profile.excludedAttributes ? 'excludedAttributes=members' : '';
  }

  private path(kind: Kind, id: string): string {
    const { usersPath, groupsPath } = this.profile;
    return `${kind === 'Users' ? usersPath : groupsPath}/${encodeURIComponent(id)}`;
  }

  /** By the verb of the profile; by the other one from then on, when the application does not have that (405, 501). */
  private async change<One extends Resource>(change: Change<One>, limits?: CallLimits): Promise<Changed<One>> {
    const verb = change.kind === 'Groups' && this.profile.memberChanges === 'put' ? 'read-and-put' : this.verb;
    try {
      return await this.changeBy<One>(verb, change, limits);
    } catch (error) {
      // A group that is written whole loses the members that it does not show: only where the profile says so.
      if (!isOtherVerb(error) || change.kind === 'Groups') throw error;
      const other = verb === 'patch' ? 'read-and-put' : 'patch';
      const changed = await this.changeBy<One>(other, change, limits).catch((again: unknown) => {
        throw isOtherVerb(again) ? error : again;
      });
      this.verb = other;
      return changed;
    }
  }

  private async changeBy<One extends Resource>(
    verb: ScimProfile['update'],
    change: Change<One>,
    limits?: CallLimits,
  ): Promise<Changed<One>> {
    const { kind, id, operations, shown } = change;
    if (verb === 'read-and-put') return await this.put<One>(change, limits);
    const plain =
      kind === 'Users' && !this.profile.filterInPath && operations.some(({ path }) => path.includes('['))
        ? withoutConditions(operations, shown ?? {})
        : operations;
    const body = patchBody(plain, this.profile);
    return await this.patch<One>({ kind, id, body, ifMatch: etagOf(shown) }, limits);
  }

  private async patch<One extends Resource>(
    { kind, id, body, ifMatch }: { kind: Kind; id: string; body: object; ifMatch?: string | undefined },
    limits?: CallLimits,
  ): Promise<Changed<One>> {
    const answer = await this.wire.sendUnread({ method: 'PATCH', path: this.path(kind, id), body, ifMatch }, limits);
    return this.changed<One>(id, answer);
  }

  /** Reads the resource, changes it and writes it whole, unless somebody changed it in between. */
  private async put<One extends Resource>(
    { kind, id, after }: Pick<Change<One>, 'kind' | 'id' | 'after'>,
    limits?: CallLimits,
  ): Promise<Changed<One>> {
    const path = this.path(kind, id);
    const read = await this.wire.send({ method: 'GET', path }, limits);
    const before = this.wire.asked<One>(id, read);
    const { meta, groups, ...body } = after(before) as Record<string, unknown>;
    const header = read.headers['etag'];
    const ifMatch = (Array.isArray(header) ? header[0] : header) ?? etagOf(before);
    return this.changed<One>(id, await this.wire.sendUnread({ method: 'PUT', path, body, ifMatch }, limits));
  }

  private changed<One extends Resource>(id: string, answer: Answer | number): Changed<One> {
    if (typeof answer === 'number') return { status: answer, shown: null };
    const { status } = answer;
    const shown = answer.text === '' ? null : this.wire.identified<One>(answer, this.wire.parse(answer, true));
    // What shows another object says nothing of this one.
    return { status, shown: shown?.id === id ? shown : null };
  }
}

interface Change<One> {
  readonly kind: Kind;
  readonly id: string;
  readonly operations: readonly PatchOperation[];
  readonly shown: One | null;
  /** The resource with the change, for applications that take it whole. */
  readonly after: (before: One) => object;
}

const isIn = (members: readonly { readonly value?: string }[], id: string | undefined): boolean =>
  members.some(({ value }) => value === id);

const isOtherVerb = (error: unknown): boolean => error instanceof CallFailure && error.terms.code === 'unsupported';

/** The version of a resource that shows one. @see RFC 7643 §3.1 */
function etagOf(resource: Resource | null): string | undefined {
  const meta: unknown = resource === null ? undefined : (resource as Record<string, unknown>)['meta'];
  const version = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>)['version'] : undefined;
  return typeof version === 'string' && version !== '' ? version : undefined;
}

const equals = ({ attribute, value }: Name): string => `${attribute} eq ${formatFilterValue(value)}`;
