import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { ScimGroup } from '#libs/scim/client/resources.js';
import { membersOf, type ShownMembers } from '#libs/scim/client/reading.js';
import type { Call, Changed, EntitlementTarget, Page, ShownEntitlement, ShownHolders } from '../target.js';
import { pageOf } from './scim-pages.process.js';
import { limitsOf } from './scim-shown.js';

/** Maximum of members in one call: every known application accepts it. */
const maxMembers = 100;

/** Groups of an application that speaks SCIM: membership as deltas of named members. */
export class ScimGroups implements EntitlementTarget {
  readonly mostAtOnce = maxMembers;
  readonly oneWriter = true;
  readonly shownWithinMs = 0;
  readonly heldBy = null;
  /** The application has shown a member once: so a group without members has none. */
  private showsMembers = false;

  constructor(private readonly client: ScimClient) {}

  async find(name: string, call: Call): Promise<readonly ShownEntitlement[]> {
    return (await this.client.findGroups(name, limitsOf(call))).map(shownGroup);
  }

  async list(cursor: string | null, call: Call): Promise<Page<ShownEntitlement>> {
    return await pageOf<ScimGroup, ShownEntitlement>(this.client, { kind: 'Groups', cursor, call, shown: shownGroup });
  }

  /** SCIM has no pages of members: one answer shows all of them, or is too large. */
  readonly allHolders = async (id: string, _cursor: string | null, call: Call): Promise<Page<string>> => {
    const { ids, whole } = await this.client.groupMembers(id, limitsOf(call));
    this.showsMembers ||= ids.size > 0;
    return { items: [...ids], next: null, complete: whole && this.showsMembers };
  };

  async read(id: string, call: Call): Promise<ShownEntitlement | null> {
    const group = await this.client.getGroup(id, limitsOf(call));
    return group === null ? null : shownGroup(group);
  }

  readonly create = async (name: string, call: Call): Promise<ShownEntitlement> =>
    shownGroup(await this.client.createGroup(name, limitsOf(call)));

  async grant(id: string, accounts: readonly string[], call: Call): Promise<Changed<ShownHolders>> {
    const { status, shown } = await this.client.addMembers(id, accounts, limitsOf(call));
    return { status, shown: shown === null ? null : shownHolders(membersOf(shown)) };
  }

  async revoke(id: string, accounts: readonly string[], call: Call): Promise<number> {
    return await this.client.removeMembers(id, accounts, limitsOf(call));
  }

  async holders(id: string, _accounts: readonly string[], call: Call): Promise<ShownHolders> {
    return shownHolders(await this.client.groupMembers(id, limitsOf(call)));
  }
}

function shownHolders({ ids, whole }: ShownMembers): ShownHolders {
  return { ids, whole, showsAny: ids.size > 0 };
}

function shownGroup({ id, displayName }: ScimGroup): ShownEntitlement {
  return displayName === undefined ? { id } : { id, name: displayName };
}
