import { uuidv7 } from '#libs/event-store/ids.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import {
  type Account,
  account as accountFold,
  bestOfUnique,
  type CallResult,
  changeOf,
  type EntitlementChange,
  type Goal,
  grantedId,
  type GrantedKind,
  type OpenOperation,
  type Operate,
  plan,
  type Policy,
  type Step,
  toFact,
} from '../../accounts/accounts.exports.js';
import { type Call, type EntitlementTarget, reading, type Target } from '../../targets/targets.exports.js';
import { AccountChanges } from '../calls/account-changes.process.js';
import type { AccountCreation } from '../calls/account-creation.process.js';
import { reasonOf } from '../refusals/parking-reasons.js';
import { intentOf } from '../worker/intent.js';

/** What stands for an id that only the application gives. */
const madeLater = 'made-by-the-application';
/** Operations of one account that a dry run shows at most. */
const mostSteps = 100;

export interface ForetellOptions {
  /** Sends no change: each fails with `withheld`. */
  readonly target: Target;
  readonly grants: (kind: GrantedKind) => EntitlementTarget;
  readonly creation: AccountCreation;
  readonly policy: Policy;
  readonly now: () => string;
}

/** Whose account, in which application. */
export interface AboutAccount {
  readonly connector: string;
  readonly application: string;
  readonly identityId: string;
}

/** What would be done, in order, and how it would end. */
export interface Foretold {
  readonly operations: readonly string[];
  readonly end: string;
  readonly failed: boolean;
}

type Ended = Pick<Foretold, 'end' | 'failed'>;

/** Finds out which changes would be made for one account: it reads the application, and assumes that each change succeeds. */
export class Foretell {
  private readonly changes: AccountChanges;
  private readonly operations: string[] = [];

  constructor(private readonly options: ForetellOptions) {
    this.changes = new AccountChanges(options.target.accounts);
  }

  async run(about: AboutAccount, goal: Goal, known: Account): Promise<Foretold> {
    let account = known;
    for (let step = 0; step < mostSteps; step += 1) {
      const next = this.next(goal, account);
      if (next.do !== 'operate') return { operations: this.operations, ...endOf(next) };
      const done = await this.operate(about, next, account, goal);
      if ('failed' in done) return { operations: this.operations, ...done };
      account = done;
    }
    return { operations: this.operations, end: 'more operations follow', failed: false };
  }

  private next(goal: Goal, account: Account): Step {
    const nowMs = Date.parse(this.options.now());
    const grants = (kind: GrantedKind | 'account'): boolean => this.options.target.entitlements(kind) !== null;
    return plan(goal, account, this.options.policy, { nowMs, overMs: nowMs, grants });
  }

  private async operate(about: AboutAccount, next: Operate, account: Account, goal: Goal): Promise<Account | Ended> {
    const { now } = this.options;
    const whole = { ...next, written: writtenWith(next) };
    const terms = { ...about, accountId: account.accountId, desired: goal.version };
    const intent = intentOf(terms, whole, { startedAt: now(), place: account.place ?? '' });
    const started = accountFold.evolve(account, intent);
    if (started.open === null) throw new Error('an intent opens an operation');
    const change = changeOf(next);
    this.operations.push(change === null ? next.kind : `${next.kind} ${change.name}`);
    const result = await this.result(started.open, account, next);
    if (result.is === 'failed' || result.is === 'disputed' || result.is === 'gone')
      return { end: wordsOf(result), failed: true };
    return accountFold.evolve(started, toFact(started.open, result, now()));
  }

  /** As the application answers what it can be asked; else as if the change had succeeded. */
  private async result(open: OpenOperation, account: Account, next: Operate): Promise<CallResult> {
    try {
      const result = await this.called(open, account, next);
      return result.is === 'failed' && result.failure.code === 'withheld' ? assumed(open) : result;
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.terms.code === 'withheld') return assumed(open);
      return { is: 'failed', failure: error.terms, absentBefore: false };
    }
  }

  private async called(open: OpenOperation, account: Account, { matches = [] }: Operate): Promise<CallResult> {
    const call: Call = { ...reading, operation: uuidv7() };
    if (open.kind === 'create-account') return await this.options.creation.create(open, 1, matches, call);
    const change = changeOf(open);
    const id = account.accountId ?? madeLater;
    if (change !== null) return await this.grant(change, id, grantedId(account, open.entitlement), call);
    return await this.changes.carryOut(open, id, account.written, call);
  }

  private async grant(
    { kind, name, op }: EntitlementChange,
    account: string,
    known: string | null,
    call: Call,
  ): Promise<CallResult> {
    const source = this.options.grants(kind);
    const found = known ?? (await source.find(name, call)).find((one) => one.name === name)?.id ?? null;
    const id = found ?? (await this.made(source, name, call));
    if (op === 'add') await source.grant(id, [account], call);
    else await source.revoke(id, [account], call);
    throw new Error('a dry run changes nothing');
  }

  /** One that is missing is made first, where the application makes any. */
  private async made(source: EntitlementTarget, name: string, call: Call): Promise<string> {
    try {
      await source.create?.(name, call);
    } catch (error) {
      if (!(error instanceof CallFailure) || error.terms.code !== 'withheld') throw error;
    }
    return madeLater;
  }
}

/** All that would be written: of values that must be unique the first, and what may be filled as if it were empty. */
function writtenWith({ written, unique = [], ifEmpty = {} }: Operate): Operate['written'] {
  if (written === null) return null;
  return { ...ifEmpty, ...bestOfUnique(unique), ...written };
}

function assumed({ kind }: OpenOperation): CallResult {
  return kind === 'create-account'
    ? { is: 'created', accountId: madeLater, status: 201, seen: 'yes' }
    : { is: 'done', status: 200, verified: true, seen: 'yes' };
}

function endOf(next: Exclude<Step, Operate>): Ended {
  switch (next.do) {
    case 'nothing':
      return { end: 'then nothing differs from what is desired', failed: false };
    case 'await':
      return { end: 'then it waits for attributes of the person', failed: false };
    case 'find':
      return { end: 'the account is looked for first: it is known from another address', failed: false };
    case 'wait':
    case 'close':
    case 'look':
      return { end: 'an earlier call has no outcome yet: it is looked for first', failed: false };
    case 'question':
    case 'refuse':
    case 'park': {
      const { code, detail } = reasonOf(next);
      return { end: `a person must look (${code}): ${detail}`, failed: true };
    }
  }
}

function wordsOf(result: Extract<CallResult, { is: 'failed' | 'disputed' | 'gone' }>): string {
  if (result.is === 'gone') return 'the application has no such account';
  if (result.is === 'disputed') return `a person must look (${result.code}): ${result.detail}`;
  return `the application cannot be asked (${result.failure.code}): ${result.failure.detail}`;
}
