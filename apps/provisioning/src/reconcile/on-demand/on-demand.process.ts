import { isDeepStrictEqual } from 'node:util';
import { CallFailure } from '#libs/outgoing/failure.js';
import { type SeenExchange, watched } from '#libs/outgoing/seen-exchange.js';
import {
  type Account,
  AccountRules,
  Accounts,
  type EvaluatedMapping,
  type Goal,
  isNothing,
  makeDue,
  type NewestDesired,
  policyOf,
  type Standing,
} from '../../accounts/accounts.exports.js';
import { type AskedRun, plainValue, type RunStep, step, type StepValue } from '../../on-demand/on-demand.exports.js';
import { placeOf } from '../../places/places.exports.js';
import { grantsNone, namedById, type EntitlementTarget, type Target } from '../../targets/targets.exports.js';
import { AccountCreation } from '../calls/account-creation.process.js';
import { Lanes } from '../calls/lanes.process.js';
import { LookUps } from '../look-ups/look-ups.js';
import { PlaceProof } from '../look-ups/place-proof.js';
import { type Demand, WorkerEnds } from '../worker/demands.js';
import type { ConnectorWorkerOptions } from '../worker/worker-options.js';
import { Foretell } from './foretell.process.js';
import { verified } from './verify.process.js';

/** Runs carried out for one look at what is asked for. */
const mostAtOnce = 20;

export interface OnDemandOptions {
  readonly worker: ConnectorWorkerOptions;
  /** Works on this person's account, and says why not; null: the connector only observes. */
  readonly workOn: ((asked: Pick<Demand, 'identityId' | 'prepare' | 'see'>) => Promise<string | null>) | null;
  /** Calls the application beside all other work. */
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
}

type Desired = NewestDesired & { readonly application: string };

/** Carries out the runs for single persons that somebody asked for. A run that a crash stopped is carried out again. */
export class OnDemand {
  constructor(private readonly options: OnDemandOptions) {}

  async run(): Promise<void> {
    const { row, storage } = this.options.worker;
    for (const asked of await storage.onDemand.open(row.id, mostAtOnce)) await this.carryOut(asked);
  }

  private async carryOut(asked: AskedRun): Promise<void> {
    const { storage, now } = this.options.worker;
    const steps: RunStep[] = [];
    const desired = await this.desired(asked.identity);
    try {
      await this.steps(asked, desired, steps);
    } catch (error) {
      if (error instanceof WorkerEnds) return;
      const detail = error instanceof CallFailure ? `${error.message}: ${error.terms.detail}` : unexpected(error);
      if (!(error instanceof CallFailure)) this.options.worker.onError(error);
      steps.push(step('calls', 'failed', detail));
    }
    await storage.onDemand.end(asked.id, { application: desired?.application ?? null, steps }, now());
  }

  /** What is desired of the person: of several applications the one with an account. */
  private async desired(identityId: string): Promise<Desired | null> {
    const { row, storage } = this.options.worker;
    const all = await storage.desired.of(row.id, identityId);
    return all.find(({ body }) => body.accounts[0]?.active === true) ?? all[0] ?? null;
  }

  private async steps(asked: AskedRun, desired: Desired | null, steps: RunStep[]): Promise<void> {
    const { row, storage } = this.options.worker;
    if (desired === null) {
      const detail = 'nothing is desired of this person in an application of the connector: see governance';
      steps.push(step('source', 'failed', detail));
      return;
    }
    steps.push(sourceStep(desired));
    const terms = { ...row.document, ...asked.terms };
    const evaluated = await storage.evaluate.of(row.id, asked.identity, terms);
    const before = await this.account(asked.identity);
    const isTried = Object.keys(asked.terms).length > 0;
    const stored = isTried ? await storage.evaluate.of(row.id, asked.identity, row.document) : null;
    steps.push(scopeStep(evaluated), matchStep(evaluated, before), valuesStep(evaluated, stored));
    const goal = new AccountRules(terms).goal(desired);
    if (asked.kind === 'dry-run') steps.push(await this.foretold(desired, goal, before));
    else steps.push(...(await this.provisioned(desired, goal)));
  }

  private async account(identityId: string): Promise<Account> {
    const { row, storage } = this.options.worker;
    return (await storage.accounts.load(Accounts.idOf(identityId, row.id))).state;
  }

  private async foretold(desired: Desired, goal: Goal, account: Account): Promise<RunStep> {
    const { row, trial, now } = this.options.worker;
    const target = trial();
    const requests: SeenExchange[] = [];
    const grants = grantsOf(target, row.document.groups.mode);
    const foretell = new Foretell({
      target,
      grants,
      creation: this.creationIn(target),
      policy: policyOf(row.document),
      now,
    });
    const { application, identityId } = desired;
    const about = { connector: row.id, application, identityId };
    try {
      const see = (exchange: SeenExchange): void => void requests.push(exchange);
      const { operations, end, failed } = await watched(see, () => foretell.run(about, goal, account));
      const what = operations.length === 0 ? 'nothing would be changed' : `would be done: ${operations.join(', ')}`;
      return step('calls', failed ? 'failed' : 'done', `${what}; ${end}`, { requests });
    } finally {
      await target.destroy();
    }
  }

  private creationIn(target: Target): AccountCreation {
    const { row, storage, now } = this.options.worker;
    const nothing = { existing: () => Promise.resolve(null) };
    const place = new PlaceProof({
      connector: row.id,
      place: placeOf(row.document),
      places: storage.places,
      probe: (known, call) => target.probe(known, call),
      now,
    });
    const lookUps = new LookUps(target, { group: nothing, role: nothing }, [], place, (account, identityId) =>
      storage.linked.isOfAnother(row.id, account, identityId),
    );
    return new AccountCreation({
      target,
      lookUps,
      lanes: new Lanes(row.document.limits.concurrency),
      nowMs: () => Date.parse(now()),
    });
  }

  private async provisioned(desired: Desired, goal: Goal): Promise<RunStep[]> {
    const { storage, row, target } = this.options.worker;
    const { application, identityId } = desired;
    const { workOn } = this.options;
    if (workOn === null) return [step('calls', 'failed', 'the connector only observes')];
    const requests: SeenExchange[] = [];
    const see = (exchange: SeenExchange): void => void requests.push(exchange);
    const whyNot = await workOn({ identityId, see, prepare: () => this.makeDue(application, identityId) });
    if (whyNot !== null) return [step('calls', 'failed', whyNot)];
    const calls = callsStep(await storage.desired.standing(application, identityId), requests);
    const account = await this.account(identityId);
    const grants = grantsOf(target, row.document.groups.mode);
    const seen = await this.options.call(() => verified(target, grants, goal, account));
    return [calls, seen];
  }

  /** Also where nothing seems to differ, or a person dismissed it: who asks wants it tried. */
  private async makeDue(application: string, identityId: string): Promise<void> {
    const { storage, now } = this.options.worker;
    const work = storage.store.work();
    makeDue(work, [{ application, identityId }], now());
    await work.commit();
  }
}

const unexpected = (error: unknown): string => (error instanceof Error ? error.message : 'an unexpected error');

/** How the application grants a kind. */
const grantsOf =
  (target: Target, mode: 'by-name' | 'by-id') =>
  (kind: 'group' | 'role'): EntitlementTarget => {
    const granted = target.entitlements(kind) ?? grantsNone;
    return mode === 'by-id' ? namedById(granted) : granted;
  };

function sourceStep({ body, application }: Desired): RunStep {
  const [account] = body.accounts;
  const values = Object.entries(account?.attributes ?? {}).map(([name, value]) => plainValue(name, value));
  const packages = account?.packages ?? [];
  const which = packages.length === 0 ? '' : `, by ${packages.join(', ')}`;
  const detail =
    account?.active === true ? `an account in ${application} is desired${which}` : `no account in ${application}`;
  return step('source', 'done', detail, { values });
}

function scopeStep(evaluated: EvaluatedMapping | null): RunStep {
  if (evaluated === null) return step('scope', 'skipped', 'the person is to have no account');
  const { inScope, missedCondition, missingFields } = evaluated;
  if (inScope) return step('scope', 'done', 'the scope of the connector gives this person an account');
  const awaited = missingFields.length === 0 ? '' : `; not known yet: ${missingFields.join(', ')}`;
  return step('scope', 'done', `out of scope: ${missedCondition ?? 'not known yet'}${awaited}`);
}

function matchStep(evaluated: EvaluatedMapping | null, { accountId, status }: Account): RunStep {
  if (accountId !== null) return step('match', 'done', `account ${accountId} is the person's (${status})`);
  if (evaluated === null) return step('match', 'skipped', 'the hub knows no account of the person');
  const values = evaluated.matching.map(({ target, value }) => plainValue(target, value));
  const rules = values.length === 0 ? '' : ', then by these values';
  return step('match', 'done', `looked for by externalId${rules}, then by userName`, { values });
}

/** @param stored by the mapping of the connector, where another one is tried */
function valuesStep(evaluated: EvaluatedMapping | null, stored: EvaluatedMapping | null): RunStep {
  if (evaluated === null) return step('values', 'skipped', 'nothing is written');
  const faults = evaluated.entries.filter(({ outcome }) => outcome === 'failed');
  const values = stored === null ? valuesOf(evaluated) : compared(valuesOf(evaluated), valuesOf(stored));
  if (faults.length === 0) return step('values', 'done', 'the mapping gives these values', { values });
  const why = faults.map(({ target, detail }) => `${target}: ${detail ?? ''}`).join('; ');
  return step('values', 'failed', why, { values });
}

function callsStep(standing: Standing | null, requests: readonly SeenExchange[]): RunStep {
  if (standing === null || standing.isDone) return step('calls', 'done', 'the account is as desired', { requests });
  const { parked, attempts, nextAttemptAt } = standing;
  const detail =
    parked === null
      ? `not finished: it is tried again at ${nextAttemptAt}${attempts === 0 ? '' : ` (${attempts} failed attempts)`}`
      : `a person must look (${parked.code}): ${parked.detail}`;
  return step('calls', 'failed', detail, { requests });
}

const valuesOf = ({ entries }: EvaluatedMapping): StepValue[] =>
  entries.filter(({ value }) => !isNothing(value)).map(({ target, value }) => plainValue(target, value));

/** What the tried mapping gives, beside what the stored one gives. */
function compared(tried: readonly StepValue[], stored: readonly StepValue[]): StepValue[] {
  const names = new Set([...tried, ...stored].map(({ name }) => name));
  const of = (values: readonly StepValue[], name: string): unknown =>
    values.find((one) => one.name === name)?.value ?? null;
  return [...names].map((name) => {
    const [value, shown] = [of(tried, name), of(stored, name)];
    return { name, value, shown, isSame: isDeepStrictEqual(value, shown) };
  });
}
