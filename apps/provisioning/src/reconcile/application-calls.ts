import { isGone, ScimFailure, type FailureTerms } from '#libs/scim/client/failure.js';
import { callTimeoutMs } from '#libs/scim/client/http-exchange.js';
import type { ScimUser } from '#libs/scim/client/resources.js';
import type { ScimClient } from '#libs/scim/client/scim-client.js';
import type { Attributes } from '../accounts/account.events.js';
import type { OpenOperation } from '../accounts/account.js';
import { match, type Match, type Sought } from '../accounts/match.js';
import { observedOf, patchOf, resourceOf } from '../accounts/scim-attributes.js';
import type { CallResult } from '../accounts/settle.js';
import type { GroupDirectory } from '../groups/group-directory.js';
import type { Priority } from '../accounts/desired-rows.js';
import type { Lanes } from './lanes.js';
import type { Memberships } from './memberships.js';

export interface ApplicationCallsOptions {
  readonly client: ScimClient;
  readonly lanes: Lanes;
  readonly groups: GroupDirectory;
  readonly memberships: Memberships;
  /** Paths that an account taken over is read for. */
  readonly targets: readonly string[];
  readonly nowMs: () => number;
  /** May calls leave now? Not without the lease, while the application is held, or while the worker ends. */
  readonly mayCall: () => boolean;
  /** What came of calls for an identity's account; null when all was well. */
  readonly heard: (identityId: string, failure: FailureTerms | null) => void;
}

/** A call needs a little time to be worth starting. */
const leastMs = 1_000;

/** Carries out one operation at the application, and says what came of it. Throws nothing that the application caused. */
export class ApplicationCalls {
  constructor(private readonly options: ApplicationCallsOptions) {}

  /** @param before what the hub wrote last */
  async perform(open: OpenOperation, before: Attributes, priority: Priority): Promise<CallResult> {
    return await this.caught(open, async () => {
      try {
        return await this.call(open, before, priority);
      } catch (error) {
        if (!isGone(error) || open.kind === 'create-account') throw error;
        return await this.options.lanes.run(priority, () => this.vanished(open, error));
      }
    });
  }

  private async call(open: OpenOperation, before: Attributes, priority: Priority): Promise<CallResult> {
    const { kind, accountId, group } = open;
    const limits = this.limitsOf(open);
    if (kind === 'create-account') return await this.options.lanes.run(priority, () => this.create(open, limits));
    if (accountId === null) return { is: 'gone', status: null };
    if (kind === 'add-member' || kind === 'remove-member') {
      const op = kind === 'add-member' ? 'add' : 'remove';
      const change = { op, group: group ?? '', account: accountId, priority, limits } as const;
      return { is: 'done', ...(await this.options.memberships.change(change)) };
    }
    return await this.options.lanes.run(priority, () => this.changeAccount(open, accountId, before, limits));
  }

  /**
   * 404 for an account says little: a gateway may have said it, or another account may have taken the place of ours. Only
   * with nobody under our externalId is it gone.
   */
  private async vanished({ identityId, accountId }: OpenOperation, { terms }: ScimFailure): Promise<CallResult> {
    const found = await this.find({ identityId, userName: null, lostIntent: null });
    if (found.is === 'absent') return { is: 'gone', status: terms.status };
    if (found.is === 'disputed') return found;
    if (found.user.id !== accountId) return this.adopted(found.user);
    throw new ScimFailure({ ...terms, class: 'transient', code: 'found-and-gone' });
  }

  /**
   * Every call of an operation ends within the call time-out of its intent: whoever finds the intent without an outcome
   * relies on that. What had to wait too long for its turn is not sent any more.
   */
  private limitsOf({ startedAt }: OpenOperation): Limits {
    const endMs = Date.parse(startedAt) + callTimeoutMs;
    return () => {
      const withinMs = endMs - this.options.nowMs();
      if (withinMs < leastMs || !this.options.mayCall()) throw notSent();
      return { withinMs };
    };
  }

  /**
   * Did an operation take effect, of which nothing was heard? A look that fails finds nothing out: the operation stays open,
   * or someone who leaves now would keep an account nobody knows of.
   */
  async look(open: OpenOperation, priority: Priority): Promise<CallResult> {
    const absentBefore = open.lost?.absentBefore ?? false;
    const result = await this.caught(open, () =>
      this.options.lanes.run(priority, () => {
        if (!this.options.mayCall()) throw notSent();
        return open.kind === 'add-member' ? this.lookForMember(open) : this.lookForAccount(open, absentBefore);
      }),
    );
    if (result.is === 'failed')
      return { is: 'failed', failure: { ...result.failure, effectUnknown: true }, absentBefore };
    if (result.is !== 'gone') return result;
    return {
      is: 'failed',
      failure: { ...notSent().terms, code: 'look-up-failed', status: result.status, effectUnknown: true },
      absentBefore,
    };
  }

  private async lookForAccount(open: OpenOperation, absentBefore: boolean): Promise<CallResult> {
    const lostIntent = { startedAtMs: Date.parse(open.startedAt), absentBefore };
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
  }

  private async lookForMember({ group, accountId }: OpenOperation): Promise<CallResult> {
    const { client, groups } = this.options;
    const groupId = await groups.existing(group ?? '');
    const members = groupId === null ? null : await client.groupMembers(groupId);
    // Adding a member again is harmless, so where members are not shown it is simply done again.
    return members?.has(accountId ?? '') === true ? { is: 'done', status: null, verified: true } : { is: 'not-done' };
  }

  /** Looks before it creates: an account under our externalId is ours, whoever made it first. */
  private async create(open: OpenOperation, limits: Limits): Promise<CallResult> {
    const sought: Sought = { identityId: open.identityId, userName: userNameOf(open), lostIntent: null };
    const before = await this.find(sought, limits);
    if (before.is === 'disputed') return before;
    if (before.is !== 'absent') return this.adopted(before.user);
    try {
      const made = await this.options.client.createUser(resourceOf(open.written ?? {}, open.identityId), limits());
      return { is: 'created', accountId: made.id, status: 201 };
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      if (error.terms.class !== 'conflict') return failed(error, true);
      const after = await this.find(sought, limits);
      if (after.is === 'disputed') return after;
      return after.is === 'absent' ? failed(error, true) : this.adopted(after.user);
    }
  }

  private adopted(user: ScimUser): CallResult {
    return {
      is: 'adopted',
      accountId: user.id,
      active: user.active !== false,
      observed: observedOf(user, this.options.targets),
    };
  }

  private async find(sought: Sought, limits: Limits = unlimited): Promise<Match> {
    const { client } = this.options;
    const found = await Promise.all([
      client.findUsers('externalId', sought.identityId, limits()),
      ...(sought.userName === null ? [] : [client.findUsers('userName', sought.userName, limits())]),
    ]);
    return match(sought, found.flat());
  }

  private async changeAccount(
    open: OpenOperation,
    accountId: string,
    before: Attributes,
    limits: Limits,
  ): Promise<CallResult> {
    const { client } = this.options;
    switch (open.kind) {
      case 'update-account':
        return {
          is: 'done',
          status: await client.patchUser(accountId, patchOf(open.written ?? {}, before), limits()),
          verified: false,
        };
      case 'enable-account':
        return {
          is: 'done',
          status: await client.patchUser(accountId, [{ op: 'replace', path: 'active', value: true }], limits()),
          verified: false,
        };
      case 'disable-account': {
        const status = await client.patchUser(accountId, [{ op: 'replace', path: 'active', value: false }], limits());
        if ((await client.getUser(accountId)).active !== false)
          throw stillThere(status, 'the account still shows as active');
        return { is: 'done', status, verified: true };
      }
      case 'delete-account': {
        const status = await client.deleteUser(accountId, limits());
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
      if (isGone(error)) return true;
      throw error;
    }
  }

  private async caught({ identityId }: OpenOperation, call: () => Promise<CallResult>): Promise<CallResult> {
    const { lanes, heard } = this.options;
    let result: CallResult;
    let failure: FailureTerms | null = null;
    try {
      result = await call();
      if (result.is === 'failed') ({ failure } = result);
    } catch (error) {
      if (!(error instanceof ScimFailure)) throw error;
      failure = error.terms;
      result = failure.class === 'gone' ? { is: 'gone', status: failure.status } : failed(error, false);
    }
    if (failure === null) lanes.succeeded();
    else if (failure.class === 'throttled' || (failure.status ?? 0) >= 500 || failure.code === 'timeout')
      lanes.overloaded();
    heard(identityId, failure);
    return result;
  }
}

function failed({ terms }: ScimFailure, absentBefore: boolean): CallResult {
  return { is: 'failed', failure: terms, absentBefore };
}

/** What a call may take of its operation's time; throws when it may not leave any more. */
export type Limits = () => { readonly withinMs?: number };
const unlimited: Limits = () => ({});

/** Nothing left this machine. */
function notSent(): ScimFailure {
  return new ScimFailure({
    class: 'transient',
    code: 'not-sent',
    status: null,
    effectUnknown: false,
    retryAfterMs: null,
    detail: '',
  });
}

function stillThere(status: number, detail: string): ScimFailure {
  const terms: FailureTerms = {
    class: 'silent-failure',
    code: 'silent-failure',
    status,
    effectUnknown: false,
    retryAfterMs: null,
    detail,
  };
  return new ScimFailure(terms);
}

function userNameOf({ written }: OpenOperation): string | null {
  const name = written?.['userName'];
  return typeof name === 'string' ? name : null;
}
