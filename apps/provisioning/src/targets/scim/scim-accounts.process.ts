import { afterChange, CallFailure } from '#libs/outgoing/failure.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import { isActive, type ScimUser } from '#libs/scim/client/resources.js';
import type { Changed as Answered } from '#libs/scim/client/changes.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import { changesSeen } from '../shown-account.js';
import type { AccountTarget, Attributes, Call, Changed, Page, ShownAccount, SoughtAccount } from '../target.js';
import { BatchLookUps } from './batch-look-ups.js';
import { pageOf } from './scim-pages.process.js';
import { asKept, cleared, requireFit, unsupported } from './profiled-values.js';
import { equalAt } from '#libs/scim/client/attribute-path.js';
import { needsReading, patchOf, resourceOf } from './scim-attributes.js';
import { limitsOf, shownAccount as shownBy } from './scim-shown.js';

/** Users of an application that speaks SCIM. */
export class ScimAccounts implements AccountTarget {
  readonly shownWithinMs = 0;
  private readonly batchLookUps: BatchLookUps | null;
  /** People whose account the application has, and does not show among those that may be used. */
  private readonly hidden = new Set<string>();
  /** Changes that the application accepted to do later. */
  private readonly accepted = new Set<string>();
  private readonly shown = (user: ScimUser): ShownAccount => shownBy(user, this.profile);

  constructor(
    private readonly client: ScimClient,
    nowMs: () => number,
    private readonly profile: ScimProfile,
  ) {
    const { operators, users } = profile.searchable;
    const both = ['externalId', 'userName'].every((name) => users.includes(name));
    const isKept = profile.userNameForm !== 'rewritten';
    this.batchLookUps = both && isKept && operators.includes('or') ? new BatchLookUps(client, nowMs) : null;
  }

  async find(sought: SoughtAccount, call: Call): Promise<readonly ShownAccount[]> {
    const common = await this.batchLookUps?.find(sought, () => limitsOf(call));
    const found = common ?? (await this.alone(sought, call));
    const inactive = found.length === 0 && this.isHidden(sought) ? await this.inactive(sought, call) : [];
    return [...found, ...inactive].map(this.shown);
  }

  async findBy(path: string, value: string, call: Call): Promise<readonly ShownAccount[]> {
    const found = await this.client.findUsersWhere(equalAt(path, value), limitsOf(call));
    return found.map(this.shown);
  }

  expect(sought: SoughtAccount): () => void {
    this.batchLookUps?.expect(sought);
    return () => {
      this.batchLookUps?.forget(sought);
    };
  }

  async findUnkept({ identityId, userName }: SoughtAccount): Promise<ShownAccount | null> {
    for (const [attribute, value] of this.namesOf({ identityId, userName })) {
      const found = await this.client.findUsersOfAnyId(attribute, value);
      const ours = found.find(({ externalId }) => externalId === identityId);
      if (ours !== undefined) return this.shown(ours);
    }
    return null;
  }

  async list(cursor: string | null, call: Call): Promise<Page<ShownAccount>> {
    const { client, profile, shown } = this;
    return await pageOf<ScimUser, ShownAccount>({ client, profile }, { kind: 'Users', cursor, call, shown });
  }

  async read(id: string, call: Call): Promise<ShownAccount> {
    return this.shown(await this.client.getUser(id, limitsOf(call)));
  }

  async create(
    sought: SoughtAccount,
    written: Attributes,
    call: Call,
  ): Promise<Changed<ShownAccount> & { readonly shown: ShownAccount }> {
    const kept = asKept(written, this.profile);
    requireFit(kept, this.profile, null);
    const made = await this.made(resourceOf(kept, sought.identityId), sought, call);
    this.batchLookUps?.made(sought);
    return { status: made.status, shown: this.shown(made.shown) };
  }

  /** Reads the entries of lists from the application, where it may be read: it may have others than the hub knows. */
  async change(id: string, written: Attributes, before: Attributes, call: Call): Promise<Changed<ShownAccount>> {
    const kept = asKept(written, this.profile);
    requireFit({ ...before, ...kept }, this.profile, kept);
    const isSo = (user: ScimUser): boolean => changesSeen(this.shown(user), kept) === 'yes';
    const shown = needsReading(kept) || this.accepted.has(id) ? await this.readable(id, call) : null;
    if (shown !== null && this.accepted.delete(id) && isSo(shown)) return { status: 200, shown: this.shown(shown) };
    const operations = cleared(patchOf(kept, before, shown), this.profile);
    if (operations.length === 0) return { status: 200, shown: shown === null ? null : this.shown(shown) };
    const change = (): Promise<Answered<ScimUser>> =>
      this.client.patchUser(id, operations, together(call), needsReading(kept) ? shown : null);
    const answer = await this.changedBy(id, change, call, isSo).catch(async (error: unknown) => {
      // The account changed since it was read: read it again, and change that.
      if (!isCode(error, 'changed-meanwhile')) throw error;
      const now = needsReading(kept) ? await this.readable(id, call) : null;
      const again = cleared(patchOf(kept, before, now), this.profile);
      return await this.changedBy(id, () => this.client.patchUser(id, again, limitsOf(call), now), call, isSo);
    });
    return this.changed(await this.readBack(id, answer, call));
  }

  async setActive(id: string, active: boolean, call: Call): Promise<Changed<ShownAccount>> {
    const change = (): Promise<Answered<ScimUser>> => this.activate(id, active, call);
    const isSo = (user: ScimUser): boolean => isActive(user) === active;
    const answer = await this.changedBy(id, change, call, isSo).catch((error: unknown) => {
      // Nothing was done, and the change is still wanted.
      if (isCode(error, 'changed-meanwhile')) return change();
      throw error;
    });
    return this.changed(answer);
  }

  async remove(id: string, call: Call): Promise<number> {
    if (this.profile.deleteMeans === 'unsupported')
      throw unsupported('this application deletes no accounts: give "disable" in deprovision');
    return await this.client.deleteUser(id, limitsOf(call));
  }

  /** The user as it was made; with `readBack`, as a reading shows it: some applications answer 201 and make none. */
  private async made(
    resource: object,
    sought: SoughtAccount,
    call: Call,
  ): Promise<Answered<ScimUser> & { shown: ScimUser }> {
    try {
      const { status, shown } = await this.client.createUser(resource, together(call));
      if (!this.profile.readBack) return { status, shown };
      return { status, shown: await this.client.getUser(shown.id, limitsOf(call)) };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.terms.class === 'gone' && this.profile.readBack) throw notMade(error);
      if (error.terms.class === 'conflict') throw this.conflict(error, sought);
      throw error;
    }
  }

  /** What a refusal for a name that is taken means here. */
  private conflict(error: CallFailure, { identityId }: SoughtAccount): CallFailure {
    const { reactivateOnConflict, uniqueness } = this.profile;
    if (reactivateOnConflict && identityId !== null) this.hidden.add(identityId);
    const where = { tenant: '', ...elsewhereTaken }[uniqueness];
    if (where === '') return error;
    return new CallFailure({ ...error.terms, detail: `${error.terms.detail} ${where}`.trim() }, { cause: error });
  }

  private async activate(id: string, active: boolean, call: Call): Promise<Answered<ScimUser>> {
    const { deactivate } = this.profile;
    const operations = [{ op: 'replace', path: 'active', value: active }] as const;
    switch (deactivate) {
      case 'patch-path':
        return await this.client.patchUser(id, operations, limitsOf(call));
      case 'patch-pathless':
        return await this.client.patchUserPathless(id, { active }, limitsOf(call));
      case 'put':
        return await this.client.putUser(id, operations, limitsOf(call));
      case 'delete':
        if (active) return await this.client.patchUser(id, operations, limitsOf(call));
        return { status: await this.client.deleteUser(id, limitsOf(call)), shown: null };
      case 'none':
        throw unsupported('this application disables no accounts: give "delete" in deprovision');
    }
  }

  /** What a reading shows after a change, where the application says that it did what it did not do. */
  private async readBack(id: string, answer: Answered<ScimUser>, call: Call): Promise<Answered<ScimUser>> {
    if (!this.profile.readBack) return answer;
    const shown = await this.client.getUser(id, limitsOf(call)).catch((error: unknown) => {
      throw afterChange(error);
    });
    return { status: answer.status, shown };
  }

  /** A change that was accepted, or answered with what nobody can read: what a reading shows afterwards counts. */
  private async changedBy(
    id: string,
    change: () => Promise<Answered<ScimUser>>,
    call: Call,
    isSo: (user: ScimUser) => boolean,
  ): Promise<Answered<ScimUser>> {
    try {
      return await change();
    } catch (error) {
      if (!isCode(error, 'unreadable-answer') && !isCode(error, 'accepted')) throw error;
      const shown = await this.client.getUser(id, limitsOf(call)).catch(() => null);
      if (shown !== null && isSo(shown)) return { status: error.terms.status ?? 200, shown };
      if (error.terms.code === 'accepted') this.accepted.add(id);
      throw error;
    }
  }

  /** Null where the application does not show single accounts. */
  private async readable(id: string, call: Call): Promise<ScimUser | null> {
    try {
      return await this.client.getUser(id, limitsOf(call));
    } catch (error) {
      if (error instanceof CallFailure && error.terms.class === 'validation') return null;
      throw error;
    }
  }

  private async alone(sought: SoughtAccount, call: Call): Promise<readonly ScimUser[]> {
    const found = await Promise.all(
      this.namesOf(sought).map(([attribute, value]) => this.client.findUsers(attribute, value, limitsOf(call))),
    );
    return found.flat();
  }

  private isHidden({ identityId }: SoughtAccount): boolean {
    return identityId !== null && this.hidden.has(identityId);
  }

  private async inactive(sought: SoughtAccount, call: Call): Promise<readonly ScimUser[]> {
    const found = await Promise.all(
      this.namesOf(sought).map(([attribute, value]) => this.client.findInactiveUsers(attribute, value, limitsOf(call))),
    );
    return found.flat();
  }

  /** What an account is searched by: what the person has, and the application's searches understand. */
  private namesOf({ identityId, userName }: SoughtAccount): (readonly [attribute: string, value: string])[] {
    const all = [
      ...(identityId === null ? [] : [['externalId', identityId] as const]),
      ...(userName === null ? [] : [['userName', asName(userName, this.profile)] as const]),
    ];
    return all.filter(([name]) => this.profile.searchable.users.includes(name));
  }

  private changed({ status, shown }: Answered<ScimUser>): Changed<ShownAccount> {
    return { status, shown: shown === null ? null : this.shown(shown) };
  }
}

/** What makes an account, or writes attributes of it, may wait for others. What takes access away goes at once. */
const together = (call: Call) => ({ ...limitsOf(call), together: true });

const asName = (userName: string, { userNameForm }: ScimProfile): string =>
  userNameForm === 'lower-case' ? userName.toLowerCase() : userName;

const elsewhereTaken = {
  global: 'userName is unique over all customers of this application: another one may have it. Map another userName',
  shared: 'userName shares its names with other objects of this application, such as channels. Map another userName',
};

const isCode = (error: unknown, code: string): error is CallFailure =>
  error instanceof CallFailure && error.terms.code === code;

/** The application answered that it made the account, and does not have it. */
function notMade(error: CallFailure): CallFailure {
  const detail = 'the application answered that it made the account, and a reading does not show it';
  return new CallFailure(
    { ...error.terms, class: 'silent-failure', code: 'silent-failure', effectUnknown: true, detail },
    { cause: error },
  );
}
