import { ScimFailure, type FailureTerms } from '#libs/scim/client/failure.js';
import type { ScimUser } from '#libs/scim/client/resources.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { Attributes } from '../accounts/account.events.js';
import type { OpenOperation } from '../accounts/account.js';
import { match, type Match, type Sought } from '../accounts/match.js';
import { observedOf, patchOf, resourceOf } from '../accounts/scim-attributes.js';
import type { CallResult } from '../accounts/settle.js';
import type { GroupDirectory } from '../groups/group-directory.js';
import type { Lanes } from './lanes.js';
import type { Memberships } from './memberships.js';

export interface ApplicationCallsOptions {
  readonly client: ScimClient;
  readonly lanes: Lanes;
  readonly groups: GroupDirectory;
  readonly memberships: Memberships;
  /** Paths that an account taken over is read for. */
  readonly targets: readonly string[];
}

/** Carries out one operation at the application, and says what came of it. Throws nothing that the application caused. */
export class ApplicationCalls {
  constructor(private readonly options: ApplicationCallsOptions) {}

  /** @param before what the hub wrote last */
  async perform(open: OpenOperation, before: Attributes, priority: 0 | 1): Promise<CallResult> {
    return await this.caught(async () => {
      const { kind, accountId, group } = open;
      if (kind === 'create-account') return await this.options.lanes.run(priority, () => this.create(open));
      if (accountId === null) return { is: 'gone', status: null };
      if (kind === 'add-member' || kind === 'remove-member') {
        const op = kind === 'add-member' ? 'add' : 'remove';
        const { status, verified } = await this.options.memberships.change(op, group ?? '', accountId, priority);
        return { is: 'done', status, verified };
      }
      return await this.options.lanes.run(priority, () => this.changeAccount(open, accountId, before));
    });
  }

  /** Did an operation take effect, of which nothing was heard? */
  async look(open: OpenOperation, priority: 0 | 1): Promise<CallResult> {
    return await this.caught(() =>
      this.options.lanes.run(priority, async () => {
        if (open.kind === 'add-member') return await this.lookForMember(open);
        const lostIntent = { startedAtMs: Date.parse(open.startedAt), absentBefore: open.lost?.absentBefore ?? false };
        const found = await this.find({ identityId: open.identityId, userName: userNameOf(open), lostIntent });
        switch (found.is) {
          case 'ours':
          case 'ours-by-intent':
            return { is: 'created', accountId: found.user.id, status: null };
          case 'absent':
            return { is: 'not-done' };
          case 'disputed':
            return found;
        }
      }),
    );
  }

  private async lookForMember({ group, accountId }: OpenOperation): Promise<CallResult> {
    const members = await this.options.client.groupMembers(await this.options.groups.idOf(group ?? ''));
    // Adding a member again is harmless, so where members are not shown it is simply done again.
    return members?.has(accountId ?? '') === true ? { is: 'done', status: null, verified: true } : { is: 'not-done' };
  }

  /** Looks before it creates: an account under our externalId is ours, whoever made it first. */
  private async create(open: OpenOperation): Promise<CallResult> {
    const sought: Sought = { identityId: open.identityId, userName: userNameOf(open), lostIntent: null };
    const before = await this.find(sought);
    if (before.is === 'disputed') return before;
    if (before.is !== 'absent') return this.adopted(before.user);
    try {
      const made = await this.options.client.createUser(resourceOf(open.written ?? {}, open.identityId));
      return { is: 'created', accountId: made.id, status: 201 };
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      if (error.terms.class !== 'conflict') return this.failed(error, true);
      const after = await this.find(sought);
      if (after.is === 'disputed') return after;
      return after.is === 'absent' ? this.failed(error, true) : this.adopted(after.user);
    }
  }

  private adopted(user: ScimUser): CallResult {
    return { is: 'adopted', accountId: user.id, active: user.active !== false, observed: observedOf(user, this.options.targets) };
  }

  private async find(sought: Sought): Promise<Match> {
    const { client } = this.options;
    const found = await Promise.all([
      client.findUsers('externalId', sought.identityId),
      ...(sought.userName === null ? [] : [client.findUsers('userName', sought.userName)]),
    ]);
    return match(sought, found.flat());
  }

  private async changeAccount(open: OpenOperation, accountId: string, before: Attributes): Promise<CallResult> {
    const { client } = this.options;
    switch (open.kind) {
      case 'update-account':
        return { is: 'done', status: await client.patchUser(accountId, patchOf(open.written ?? {}, before)), verified: false };
      case 'enable-account':
        return { is: 'done', status: await client.patchUser(accountId, [{ op: 'replace', path: 'active', value: true }]), verified: false };
      case 'disable-account': {
        const status = await client.patchUser(accountId, [{ op: 'replace', path: 'active', value: false }]);
        if ((await client.getUser(accountId)).active !== false) throw stillThere(status, 'the account still shows as active');
        return { is: 'done', status, verified: true };
      }
      case 'delete-account': {
        const status = await client.deleteUser(accountId);
        if (!(await this.isGone(accountId))) throw stillThere(status, 'the account is still there');
        return { is: 'done', status, verified: true };
      }
      default:
        throw new Error(`${open.kind} is not a change of an account`);
    }
  }

  private async isGone(accountId: string): Promise<boolean> {
    try {
      await this.options.client.getUser(accountId);
      return false;
    } catch (error) {
      if (error instanceof ScimFailure && error.terms.class === 'gone') return true;
      throw error;
    }
  }

  private async caught(call: () => Promise<CallResult>): Promise<CallResult> {
    try {
      const result = await call();
      if (result.is !== 'failed') this.options.lanes.succeeded();
      return result;
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      return error.terms.class === 'gone' ? { is: 'gone', status: error.terms.status } : this.failed(error, false);
    }
  }

  private failed({ terms }: ScimFailure, absentBefore: boolean): CallResult {
    if (terms.class === 'throttled' || (terms.status ?? 0) >= 500 || terms.code === 'timeout') this.options.lanes.overloaded();
    return { is: 'failed', failure: terms, absentBefore };
  }
}

function stillThere(status: number, detail: string): ScimFailure {
  const terms: FailureTerms = { class: 'silent-failure', code: 'silent-failure', status, effectUnknown: false, retryAfterMs: null, detail };
  return new ScimFailure(terms);
}

function userNameOf({ written }: OpenOperation): string | null {
  const name = written?.['userName'];
  return typeof name === 'string' ? name : null;
}
