import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { passOver, type Trials, wordsOf } from './trials.process.js';

interface Membership {
  readonly group: string;
  readonly user: string;
  /** It is kept with the user. */
  readonly byUser: boolean;
}

/** Makes a marked group, gives it a member and takes it away, in each way that a profile may say, and removes the group again. */
export class ScimGroupProbes {
  constructor(
    private readonly trials: Trials,
    private readonly mark: string,
  ) {}

  /** @returns its id; null where the application makes none */
  async make(): Promise<string | null> {
    const { trials, mark } = this;
    const create = (client: ScimClient): Promise<string> => client.createGroup(mark).then(({ id }) => id);
    try {
      return await trials.asking({}, create);
    } catch (error) {
      passOver(error);
      const changes = { membersOnCreate: 'empty-list' } as const;
      const id = await trials.asking(changes, create).catch(passOver);
      if (id === null) trials.proposed.note('createGroups', false, `a new group is answered ${wordsOf(error)}`);
      else trials.take(changes, 'a new group is made only with an empty list of members');
      return id;
    }
  }

  async membership(group: string, user: string): Promise<void> {
    const added = await this.trials.firstOf(
      'a member is added',
      [
        { changes: {}, saw: '' },
        { changes: { memberChanges: 'put' }, saw: 'a member is added only by writing the whole group' },
        { changes: { memberChanges: 'user-groups' }, saw: 'a member is added only by a change of the user' },
      ],
      (client, n) => this.add(client, { group, user, byUser: n === 2 }),
    );
    if (!added || this.trials.proposed.profile.readMembers === 'never') return;
    const byUser = this.trials.proposed.profile.memberChanges === 'user-groups';
    await this.trials.firstOf(
      'a member is taken away',
      [
        { changes: {}, saw: '' },
        { changes: { memberRemoval: 'value-list' }, saw: 'a member is taken away only by a list of values' },
      ],
      async (client) => {
        if (byUser) await client.changeGroupsOfUser(user, 'remove', group);
        else await client.removeMembers(group, [user]);
        return !(await this.holds(client, { group, user, byUser }));
      },
    );
  }

  async remove(id: string): Promise<boolean> {
    await this.trials.asking({}, (client) => client.deleteGroup(id)).catch(passOver);
    return (await this.trials.asking({}, (client) => client.getGroup(id)).catch(() => undefined)) === null;
  }

  /** An addition that was answered with success, and that nothing shows: the application does not show members. */
  private async add(client: ScimClient, { group, user, byUser }: Membership): Promise<boolean> {
    if (byUser) await client.changeGroupsOfUser(user, 'add', group);
    else await client.addMembers(group, [user]);
    if ((await client.groupMembers(group)).ids.has(user)) return true;
    if (byUser) return await this.holds(client, { group, user, byUser });
    const byFilter = await client.isMember(group, user).catch(passOver);
    const how = byFilter === true ? 'by-filter' : 'never';
    this.trials.proposed.note('readMembers', how, 'a group does not show the member that it was given');
    return true;
  }

  private async holds(client: ScimClient, { group, user, byUser }: Membership): Promise<boolean> {
    if (this.trials.proposed.profile.readMembers === 'by-filter') return await client.isMember(group, user);
    if ((await client.groupMembers(group)).ids.has(user)) return true;
    if (!byUser) return false;
    const { groups } = await client.getUser(user);
    return Array.isArray(groups) && groups.some((one: { readonly value?: unknown }) => one.value === group);
  }
}
