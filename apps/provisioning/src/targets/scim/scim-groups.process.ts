import { CallFailure } from '#libs/outgoing/failure.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import type { Changed as Answered } from '#libs/scim/client/changes.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { ScimGroup } from '#libs/scim/client/resources.js';
import { membersOf, type ShownMembers } from '#libs/scim/client/reading.js';
import type { Call, Changed, EntitlementTarget, Page, ShownEntitlement, ShownHolders } from '../target.js';
import { pageOf } from './scim-pages.process.js';
import { limitsOf } from './scim-shown.js';

/** Bytes of a change beside its members, and of one member beside its id. */
const bodyBytes = 200;
const memberBytes = 60;

/** Groups of an application that speaks SCIM: membership as deltas of named members. */
export class ScimGroups implements EntitlementTarget {
  readonly mostAtOnce: number;
  readonly oneWriter = true;
  readonly shownWithinMs = 0;
  readonly create: EntitlementTarget['create'];
  readonly allHolders: EntitlementTarget['allHolders'];
  readonly heldBy: EntitlementTarget['heldBy'];
  /** The application has shown a member once: so a group without members has none. */
  private showsMembers = false;

  constructor(
    private readonly client: ScimClient,
    private readonly profile: ScimProfile,
  ) {
    this.mostAtOnce = profile.maxMembers;
    this.create = profile.createGroups
      ? async (name, call) => shownGroup(await client.createGroup(name, limitsOf(call)))
      : null;
    const byUsers = profile.memberChanges === 'user-groups';
    this.allHolders = byUsers ? null : (id, _cursor, call) => this.membersOf(id, call);
    this.heldBy = byUsers ? (account, _cursor, call) => this.groupsOf(account, call) : null;
  }

  async find(name: string, call: Call): Promise<readonly ShownEntitlement[]> {
    return (await this.client.findGroups(name, limitsOf(call))).map(shownGroup);
  }

  async list(cursor: string | null, call: Call): Promise<Page<ShownEntitlement>> {
    const { client, profile } = this;
    return await pageOf<ScimGroup, ShownEntitlement>(
      { client, profile },
      { kind: 'Groups', cursor, call, shown: shownGroup },
    );
  }

  async read(id: string, call: Call): Promise<ShownEntitlement | null> {
    const group = await this.client.getGroup(id, limitsOf(call));
    return group === null ? null : shownGroup(group);
  }

  async grant(id: string, accounts: readonly string[], call: Call): Promise<Changed<ShownHolders>> {
    if (this.profile.memberChanges === 'user-groups')
      return { status: await this.onUsers('add', id, accounts, call), shown: null };
    let last: Answered<ScimGroup> = { status: 200, shown: null };
    for (const some of this.inBytes(accounts))
      last = await againIfChanged(() => this.client.addMembers(id, some, limitsOf(call)));
    const { status, shown } = last;
    return { status, shown: shown === null ? null : shownHolders(membersOf(shown)) };
  }

  async revoke(id: string, accounts: readonly string[], call: Call): Promise<number> {
    if (this.profile.memberChanges === 'user-groups') return await this.onUsers('remove', id, accounts, call);
    let status = 200;
    for (const some of this.inBytes(accounts))
      status = await againIfChanged(() => this.client.removeMembers(id, some, limitsOf(call)));
    return status;
  }

  async holders(id: string, accounts: readonly string[], call: Call): Promise<ShownHolders> {
    const { readMembers, memberChanges } = this.profile;
    if (readMembers === 'never') return { ids: new Set(), whole: false, showsAny: false };
    if (memberChanges === 'user-groups') return await this.shownByUsers(id, accounts, call);
    if (readMembers === 'in-group') return shownHolders(await this.client.groupMembers(id, limitsOf(call)));
    const ids = new Set<string>();
    for (const account of accounts) if (await this.client.isMember(id, account, limitsOf(call))) ids.add(account);
    return { ids, whole: true, showsAny: ids.size > 0 };
  }

  /** SCIM has no pages of members: one answer shows all of them, or is too large. */
  private async membersOf(id: string, call: Call): Promise<Page<string>> {
    if (this.profile.readMembers !== 'in-group') return { items: [], next: null, complete: false };
    const { ids, whole } = await this.client.groupMembers(id, limitsOf(call));
    this.showsMembers ||= ids.size > 0;
    return { items: [...ids], next: null, complete: whole && this.showsMembers };
  }

  private async groupsOf(account: string, call: Call): Promise<Page<string>> {
    const { groups } = await this.client.getUser(account, limitsOf(call));
    const { ids, whole } = membersOf({ members: groups });
    return { items: [...ids], next: null, complete: whole && ids.size > 0 };
  }

  /** In parts of which each stays below the largest body that the application takes. */
  private inBytes(accounts: readonly string[]): string[][] {
    const parts: string[][] = [[]];
    let bytes = bodyBytes;
    for (const account of accounts) {
      const more = Buffer.byteLength(account) + memberBytes;
      if (bytes + more > this.profile.maxBytes && parts.at(-1)?.length !== 0) {
        parts.push([]);
        bytes = bodyBytes;
      }
      parts.at(-1)?.push(account);
      bytes += more;
    }
    return parts;
  }

  private async onUsers(op: 'add' | 'remove', id: string, accounts: readonly string[], call: Call): Promise<number> {
    let status = 200;
    for (const account of accounts)
      ({ status } = await this.client.changeGroupsOfUser(account, op, id, limitsOf(call)));
    return status;
  }

  private async shownByUsers(id: string, accounts: readonly string[], call: Call): Promise<ShownHolders> {
    const ids = new Set<string>();
    for (const account of accounts) {
      const { groups } = await this.client.getUser(account, limitsOf(call));
      if (membersOf({ members: groups }).ids.has(id)) ids.add(account);
    }
    return { ids, whole: true, showsAny: ids.size > 0 };
  }
}

/** A group that is written whole is read again where somebody else changed it since: nothing was done, and it is still wanted. */
async function againIfChanged<T>(change: () => Promise<T>): Promise<T> {
  return await change().catch((error: unknown) => {
    if (error instanceof CallFailure && error.terms.code === 'changed-meanwhile') return change();
    throw error;
  });
}

function shownHolders({ ids, whole }: ShownMembers): ShownHolders {
  return { ids, whole, showsAny: ids.size > 0 };
}

function shownGroup({ id, displayName }: ScimGroup): ShownEntitlement {
  return displayName === undefined ? { id } : { id, name: displayName };
}
