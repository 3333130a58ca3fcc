import { formatFilterValue } from '#libs/scim/filter/filter.js';
import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { isGone } from '#libs/outgoing/failure.js';
import { applied } from './apply-patch.js';
import { type Changed, ScimChanges } from './changes.js';
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
  private readonly changes: ScimChanges;

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(
    access: ApplicationAccess,
    private readonly profile: ScimProfile = generic,
  ) {
    this.wire = new ScimWire(access, profile);
    this.lists = new ScimLists(this.wire, profile);
    this.changes = new ScimChanges(this.wire, profile);
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
    const request = { method: 'GET', path: this.changes.path('Users', id) } as const;
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
    return await this.changes.make<ScimUser>({ kind: 'Users', id, operations, shown, after }, limits);
  }

  /** Writes the whole user: as it is, with these changes. */
  async putUser(id: string, operations: readonly PatchOperation[], limits?: CallLimits): Promise<Changed<ScimUser>> {
    const after = (user: ScimUser): object => applied(user, operations);
    return await this.changes.put<ScimUser>({ kind: 'Users', id, after }, limits);
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
    return await this.changes.patch<ScimUser>({ kind: 'Users', id, body }, limits);
  }

  /** Deletes; what is gone already counts as done. */
  async deleteUser(id: string, limits?: CallLimits): Promise<number> {
    try {
      const answer = await this.wire.sendUnread({ method: 'DELETE', path: this.changes.path('Users', id) }, limits);
      return typeof answer === 'number' ? answer : answer.status;
    } catch (error) {
      if (isGone(error)) return error.terms.status ?? 404;
      throw error;
    }
  }

  /** Deletes a group; what is gone already counts as done. */
  async deleteGroup(id: string, limits?: CallLimits): Promise<void> {
    try {
      await this.wire.sendUnread({ method: 'DELETE', path: this.changes.path('Groups', id) }, limits);
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
    return await this.changes.make<ScimGroup>({ kind: 'Groups', id: group, operations, shown: null, after }, limits);
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
      return (await this.changes.make<ScimGroup>(change, limits)).status;
    }
    const body = patchBody([{ op: 'remove', path: 'members', value }], this.profile);
    return (await this.changes.patch<ScimGroup>({ kind: 'Groups', id: group, body }, limits)).status;
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
    return await this.changes.patch<ScimUser>({ kind: 'Users', id: user, body }, limits);
  }

  /** A group, without its members where the application leaves them out; null when there is none of that id. */
  async getGroup(id: string, limits?: CallLimits): Promise<ScimGroup | null> {
    const query = this.withoutMembers === '' ? '' : `?${this.withoutMembers}`;
    try {
      const request = { method: 'GET', path: `${this.changes.path('Groups', id)}${query}` } as const;
      return this.wire.asked<ScimGroup>(id, await this.wire.send(request, limits));
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** Ids of a group's members, as far as the answer shows them. */
  async groupMembers(group: string, limits?: CallLimits): Promise<ShownMembers> {
    const answer = await this.wire.sendUnread({ method: 'GET', path: this.changes.path('Groups', group) }, limits);
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
}

const isIn = (members: readonly { readonly value?: string }[], id: string | undefined): boolean =>
  members.some(({ value }) => value === id);

const equals = ({ attribute, value }: Name): string => `${attribute} eq ${formatFilterValue(value)}`;
