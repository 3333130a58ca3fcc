import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { isActive, type PatchOperation, type ScimUser, userSchema } from '#libs/scim/client/resources.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import type { ProposedProfile } from './proposed-profile.js';

/** One way to try, and what it means for the profile when it works. */
interface Way {
  readonly changes: Partial<ScimProfile>;
  readonly saw: string;
}

/**
 * Tries changes on a user and a group that it makes and removes again, each first as the proposed profile has it and then in
 * the other ways, until a reading shows the change.
 */
export class ScimWriteProbes {
  constructor(
    private readonly access: ApplicationAccess,
    private readonly proposed: ProposedProfile,
    private readonly mark: string,
  ) {}

  /** @returns what could not be removed again */
  async run(): Promise<string[]> {
    const user = await this.makeUser();
    const left: string[] = [];
    let group: string | null = null;
    try {
      await this.updates(user);
      await this.deactivation(user);
      group = await this.makeGroup();
      if (group !== null) await this.membership(group, user);
    } finally {
      if (group !== null && !(await this.removeGroup(group))) left.push(`the group ${this.mark} (id ${group})`);
      if (!(await this.removeUser(user))) left.push(`the user ${this.mark} (id ${user})`);
    }
    return left;
  }

  private async makeUser(): Promise<string> {
    const resource = {
      schemas: [userSchema],
      userName: this.mark,
      externalId: this.mark,
      displayName: 'Identity hub probe',
      name: { givenName: 'Identity hub', familyName: 'Probe' },
      emails: [{ type: 'work', value: `${this.mark}@probe.invalid`, primary: true }],
      active: true,
    };
    const ways: Way[] = [
      { changes: {}, saw: '' },
      {
        changes: { contentType: 'application/json', accept: 'application/json' },
        saw: 'application/scim+json is refused',
      },
    ];
    let refusal: unknown = null;
    for (const { changes, saw } of ways) {
      try {
        const { id } = await this.asking(changes, (client) => client.createUser(resource));
        this.take(changes, saw);
        return id;
      } catch (error) {
        refusal = error;
        if (!(error instanceof CallFailure) || error.terms.status !== 415) throw error;
      }
    }
    throw refusal;
  }

  private async updates(id: string): Promise<void> {
    const set = (value: string): PatchOperation[] => [{ op: 'replace', path: 'displayName', value }];
    const shows = (value: string) => (user: ScimUser) => user.displayName === value;
    await this.firstOf(
      'displayName is changed',
      [
        { changes: {}, saw: '' },
        { changes: { patchOps: 'capital' }, saw: 'only operations with a capital letter change a user' },
        { changes: { patchShape: 'pathless' }, saw: 'only operations without a path change a user' },
        { changes: { update: 'read-and-put' }, saw: 'only PUT changes a user' },
      ],
      async (client, n) => {
        await client.patchUser(id, set(`probe ${n}`));
        return shows(`probe ${n}`)(await client.getUser(id));
      },
    );
    await this.firstOf(
      'an entry of a list is changed',
      [
        { changes: {}, saw: '' },
        { changes: { filterInPath: false }, saw: 'a path with a condition is refused, or changes nothing' },
      ],
      async (client, n) => {
        const value = `${this.mark}-${n}@probe.invalid`;
        const operation = { op: 'replace', path: 'emails[type eq "work"].value', value } as const;
        await client.patchUser(id, [operation], undefined, await client.getUser(id));
        return JSON.stringify((await client.getUser(id))['emails'] ?? '').includes(value);
      },
    );
    await this.clearing(id);
  }

  private async clearing(id: string): Promise<void> {
    const title = (value: unknown): PatchOperation[] => [{ op: 'replace', path: 'title', value }];
    await this.asking({}, (client) => client.patchUser(id, title('Probe'))).catch(passOver);
    const isSet = await this.shown(id).then((user) => user?.['title'] === 'Probe');
    if (!isSet) return;
    const isEmpty = async (): Promise<boolean> =>
      ['', null, undefined].includes((await this.shown(id))?.['title'] as string | null | undefined);
    await this.firstOf(
      'title is emptied',
      [
        { changes: {}, saw: '' },
        { changes: { clear: 'empty-text' }, saw: 'remove does not empty an attribute; an empty text does' },
        { changes: { clear: 'null' }, saw: 'remove does not empty an attribute; null does' },
      ],
      async (client, n) => {
        const operation: PatchOperation[] = n === 0 ? [{ op: 'remove', path: 'title' }] : title(n === 1 ? '' : null);
        await client.patchUser(id, operation);
        return await isEmpty();
      },
    );
  }

  private async deactivation(id: string): Promise<void> {
    const by = (active: boolean): PatchOperation[] => [{ op: 'replace', path: 'active', value: active }];
    const isOff = async (): Promise<boolean> => isActive((await this.shown(id)) ?? {}) === false;
    await this.firstOf(
      'the user is disabled',
      [
        { changes: {}, saw: '' },
        { changes: { booleans: 'string' }, saw: 'active is changed only by the texts "True" and "False"' },
        { changes: { deactivate: 'patch-pathless' }, saw: 'active is changed only by an operation without a path' },
        { changes: { deactivate: 'put' }, saw: 'active is changed only by PUT' },
      ],
      async (client, n) => {
        if (n === 2) await client.patchUserPathless(id, { active: false });
        else if (n === 3) await client.putUser(id, by(false));
        else await client.patchUser(id, by(false));
        return await isOff();
      },
    );
  }

  private async makeGroup(): Promise<string | null> {
    try {
      return (await this.asking({}, (client) => client.createGroup(this.mark))).id;
    } catch (error) {
      passOver(error);
      this.proposed.note('createGroups', false, `a new group is answered ${this.words(error)}`);
      return null;
    }
  }

  private async membership(group: string, user: string): Promise<void> {
    const holds = async (client: ScimClient): Promise<boolean> => (await client.groupMembers(group)).ids.has(user);
    await this.asking({}, (client) => client.addMembers(group, [user])).catch(passOver);
    const isShown = await this.asking({}, holds);
    if (!isShown) {
      const byFilter = await this.asking({}, (client) => client.isMember(group, user)).catch(passOver);
      const how = byFilter === true ? 'by-filter' : 'never';
      this.proposed.note('readMembers', how, 'a group does not show the member that it was given');
    }
    const isGone = (client: ScimClient): Promise<boolean> =>
      isShown ? holds(client).then((held) => !held) : client.isMember(group, user).then((held) => !held);
    if (this.proposed.profile.readMembers === 'never') return;
    await this.firstOf(
      'a member is taken away',
      [
        { changes: {}, saw: '' },
        { changes: { memberRemoval: 'value-list' }, saw: 'a member is taken away only by a list of values' },
      ],
      async (client) => {
        await client.removeMembers(group, [user]);
        return await isGone(client);
      },
    );
  }

  private async removeGroup(id: string): Promise<boolean> {
    await this.asking({}, (client) => client.deleteGroup(id)).catch(passOver);
    return (await this.asking({}, (client) => client.getGroup(id)).catch(() => undefined)) === null;
  }

  /** Also says what DELETE means. */
  private async removeUser(id: string): Promise<boolean> {
    const refusal = await this.asking({}, (client) => client.deleteUser(id)).then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal !== null) {
      this.proposed.note('deleteMeans', 'unsupported', `DELETE of a user is answered ${this.words(refusal)}`);
      return false;
    }
    const user = await this.shown(id);
    if (user === null) return true;
    this.proposed.note('deleteMeans', 'soft', 'a user is still there after DELETE');
    return false;
  }

  /** Null when it is gone. */
  private async shown(id: string): Promise<ScimUser | null> {
    try {
      return await this.asking({}, (client) => client.getUser(id));
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  /** The first way that a reading confirms. */
  private async firstOf(
    what: string,
    ways: readonly Way[],
    attempt: (client: ScimClient, n: number) => Promise<boolean>,
  ): Promise<void> {
    for (const [n, { changes, saw }] of ways.entries()) {
      const works = await this.asking(changes, (client) => attempt(client, n)).catch(passOver);
      if (works !== true) continue;
      this.take(changes, saw);
      return;
    }
    this.proposed.unsettled.push(`${what}: no known way works`);
  }

  private take(changes: Partial<ScimProfile>, saw: string): void {
    for (const [name, value] of Object.entries(changes)) this.proposed.note(name as keyof ScimProfile, value, saw);
  }

  private async asking<T>(changes: Partial<ScimProfile>, question: (client: ScimClient) => Promise<T>): Promise<T> {
    const client = new ScimClient(this.access, this.proposed.with(changes));
    try {
      return await question(client);
    } finally {
      await client.destroy();
    }
  }

  private words(error: unknown): string {
    return error instanceof CallFailure ? String(error.terms.status ?? error.terms.code) : 'unclear';
  }
}

/** A refusal only says that this way does not work. @throws what is no answer */
function passOver(error: unknown): null {
  if (error instanceof CallFailure && error.terms.class !== 'auth' && error.terms.status !== null) return null;
  throw error;
}
