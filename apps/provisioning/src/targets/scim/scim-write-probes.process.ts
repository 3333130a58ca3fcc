import type { ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import { isActive, type PatchOperation, type ScimUser, userSchema } from '#libs/scim/client/resources.js';
import type { ProposedProfile } from './proposed-profile.js';
import { ScimGroupProbes } from './scim-group-probes.process.js';
import { passOver, Trials, type Way, wordsOf } from './trials.process.js';

/**
 * Tries changes on a user and a group that it makes and removes again, each first as the proposed profile has it and then in
 * the other ways, until a reading shows the change.
 */
export class ScimWriteProbes {
  private readonly trials: Trials;
  private readonly groups: ScimGroupProbes;

  constructor(
    access: ApplicationAccess,
    private readonly proposed: ProposedProfile,
    private readonly mark: string,
  ) {
    this.trials = new Trials(access, proposed);
    this.groups = new ScimGroupProbes(this.trials, mark);
  }

  /** @returns what could not be removed again */
  async run(): Promise<string[]> {
    const user = await this.makeUser();
    const left: string[] = [];
    let group: string | null = null;
    try {
      await this.naming(user);
      await this.updates(user);
      await this.deactivation(user);
      group = await this.groups.make();
      if (group !== null) await this.groups.membership(group, user);
    } finally {
      if (group !== null && !(await this.groups.remove(group))) left.push(`the group ${this.mark} (id ${group})`);
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
        const { id } = await this.trials.asking(changes, (client) => client.createUser(resource));
        this.trials.take(changes, saw);
        return id;
      } catch (error) {
        refusal = error;
        if (!(error instanceof CallFailure) || error.terms.status !== 415) throw error;
      }
    }
    throw refusal;
  }

  private async naming(id: string): Promise<void> {
    const userName = (await this.shown(id))?.userName;
    if (userName === undefined || userName.toLowerCase() === this.mark.toLowerCase()) return;
    this.proposed.note('userNameForm', 'rewritten', `the user that was made as ${this.mark} is shown as ${userName}`);
  }

  private async updates(id: string): Promise<void> {
    const set = (value: string): PatchOperation[] => [{ op: 'replace', path: 'displayName', value }];
    const shows = (value: string) => (user: ScimUser) => user.displayName === value;
    await this.trials.firstOf(
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
    await this.trials.firstOf(
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
    await this.trials.asking({}, (client) => client.patchUser(id, title('Probe'))).catch(passOver);
    const isSet = await this.shown(id).then((user) => user?.['title'] === 'Probe');
    if (!isSet) return;
    await this.cutting(id);
    const isEmpty = async (): Promise<boolean> =>
      ['', null, undefined].includes((await this.shown(id))?.['title'] as string | null | undefined);
    await this.trials.firstOf(
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

  /** Does the application cut a long text without a word? */
  private async cutting(id: string): Promise<void> {
    const long = 'Probe '.repeat(40).trim();
    const operations = [{ op: 'replace', path: 'title', value: long }] as const;
    const isDone = await this.trials.asking({}, (client) => client.patchUser(id, operations)).catch(passOver);
    const shown = (await this.shown(id))?.['title'];
    if (isDone === null || typeof shown !== 'string' || shown === long || !long.startsWith(shown)) return;
    const saw = `a title of ${long.length} characters was accepted, and ${shown.length} of them are shown`;
    this.trials.take({ readBack: true, lengths: { title: shown.length } }, saw);
  }

  private async deactivation(id: string): Promise<void> {
    const by = (active: boolean): PatchOperation[] => [{ op: 'replace', path: 'active', value: active }];
    const isOff = async (): Promise<boolean> => isActive((await this.shown(id)) ?? {}) === false;
    await this.trials.firstOf(
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
    await this.hiding();
  }

  /** Is the user, who is disabled now, still found by name? */
  private async hiding(): Promise<void> {
    const isFound = (found: readonly ScimUser[] | null): boolean => (found ?? []).length > 0;
    const { trials, mark } = this;
    if (isFound(await trials.asking({}, (client) => client.findUsers('userName', mark)).catch(passOver))) return;
    const inactive = await trials.asking({}, (client) => client.findInactiveUsers('userName', mark)).catch(passOver);
    if (!isFound(inactive)) return;
    trials.take({ reactivateOnConflict: true }, 'a disabled user is found only where active eq false is asked for');
  }

  /** Also says what DELETE means. */
  private async removeUser(id: string): Promise<boolean> {
    const refusal = await this.trials
      .asking({}, (client) => client.deleteUser(id))
      .then(
        () => null,
        (error: unknown) => error,
      );
    if (refusal !== null) {
      this.proposed.note('deleteMeans', 'unsupported', `DELETE of a user is answered ${wordsOf(refusal)}`);
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
      return await this.trials.asking({}, (client) => client.getUser(id));
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }
}
