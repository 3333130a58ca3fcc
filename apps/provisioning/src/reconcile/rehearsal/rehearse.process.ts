import { uuidv7 } from '#libs/event-store/ids.js';
import { CallFailure, isGone } from '#libs/outgoing/failure.js';
import { type SeenExchange, watched } from '#libs/outgoing/seen-exchange.js';
import { AccountRules, bestOfUnique, type GrantedKind } from '../../accounts/accounts.exports.js';
import {
  changeOfRehearsal,
  type OpenRehearsal,
  type RehearsedName,
  rehearsedPerson,
  type RehearsedStep,
} from '../../rehearsals/rehearsals.exports.js';
import {
  accountSeen,
  type Attributes,
  type Call,
  changesSeen,
  type EntitlementTarget,
  holderSeen,
  reading,
  type ShownAccount,
} from '../../targets/targets.exports.js';
import type { ConnectorWorkerOptions } from '../worker/worker-options.js';

export interface RehearseOptions {
  readonly worker: ConnectorWorkerOptions;
  /** Calls the application beside all other work. */
  readonly call: <T>(read: () => Promise<T>) => Promise<T>;
  readonly mayCall: () => boolean;
  readonly pause: (ms: number) => Promise<void>;
}

type Seen = ReturnType<typeof changesSeen>;
interface Stepped {
  readonly status: number | null;
  readonly seen: Seen;
}

/** How often a change is looked for that the application need not show at once, and for how long at most. */
const lookMs = 1_000;
const longestMs = 60_000;

/** A step of which the application said or showed that it failed. */
class StepFailed extends Error {}

/** Takes a marked account through all that the hub does with accounts, and removes it. Nobody else's account is touched. */
export class Rehearse {
  constructor(private readonly options: RehearseOptions) {}

  /** Carries out the rehearsal that is asked for, if one is. What a crash left behind is removed first. */
  async run(): Promise<void> {
    if (!this.options.mayCall()) return;
    const { row, storage, now } = this.options.worker;
    const open = await storage.rehearsals.open(row.id);
    if (open === null) return;
    await storage.rehearsals.begin(open.id, now());
    const rehearsal = new Rehearsal(open, this.options);
    if (open.wasBegun) rehearsal.interrupted();
    else await rehearsal.run();
    const leftOver = await rehearsal.cleared();
    // The worker ends: the next one removes what is left.
    if (!this.options.mayCall() && leftOver !== null) return;
    await storage.rehearsals.end(open.id, { steps: rehearsal.steps, leftOver }, now());
  }
}

class Rehearsal {
  readonly steps: RehearsedStep[] = [];
  private accountId: string | null = null;
  private written: Attributes = {};
  /** It may be there: a creation was sent. */
  private mayBeThere = false;

  constructor(
    private readonly open: OpenRehearsal,
    private readonly options: RehearseOptions,
  ) {}

  private get accounts(): ConnectorWorkerOptions['target']['accounts'] {
    return this.options.worker.target.accounts;
  }

  private get sought(): { readonly identityId: string; readonly userName: string } {
    return { identityId: this.open.id, userName: this.open.userName };
  }

  interrupted(): void {
    this.mayBeThere = true;
    this.steps.push({
      name: 'values',
      outcome: 'failed',
      detail: 'the process ended in the middle: ask for another rehearsal',
      requests: [],
    });
  }

  async run(): Promise<void> {
    const { terms } = this.open;
    const steps: (readonly [RehearsedName, () => Promise<Stepped | string>])[] = [
      ['values', () => Promise.resolve(this.values())],
      ['absent', () => this.absent()],
      ['create', () => this.create()],
      ['update', () => this.update()],
      ['group', () => this.granted('group', terms.group)],
      ['role', () => this.granted('role', terms.role)],
      ['disable', () => this.setActive(false)],
      ['enable', () => this.setActive(true)],
      ['delete', () => this.remove()],
    ];
    for (const [name, act] of steps) if (!(await this.step(name, act))) return;
  }

  /** False where the rest cannot be done. A group or role that fails keeps nothing else from being tried. */
  private async step(name: RehearsedName, act: () => Promise<Stepped | string>): Promise<boolean> {
    const requests: SeenExchange[] = [];
    try {
      const done = await watched(
        (exchange) => void requests.push(exchange),
        () => this.options.call(act),
      );
      const outcome = typeof done === 'string' && done.startsWith(skipped) ? 'skipped' : 'done';
      this.steps.push({ name, outcome, detail: typeof done === 'string' ? done : wordsOf(done), requests });
      return true;
    } catch (error) {
      if (!(error instanceof CallFailure) && !(error instanceof StepFailed)) throw error;
      const detail = error instanceof CallFailure ? `${error.message}: ${error.terms.detail}` : error.message;
      this.steps.push({ name, outcome: 'failed', detail, requests });
      return !essential.has(name);
    }
  }

  private values(): string {
    const { document } = this.options.worker.row;
    const { id, userName, terms } = this.open;
    const body = rehearsedPerson(id, userName, terms.attributes);
    const rules = new AccountRules({ ...document, scope: null });
    const desired = { identityId: id, messageId: id, epoch: 1, sequence: 1, body, managerAccount: null };
    const { attributes, initial, ifEmpty = {}, unique = [], fault = null } = rules.goal(desired);
    if (fault !== null) throw new StepFailed(`${fault}: state the attributes that the mapping reads`);
    this.written = { ...initial, ...ifEmpty, ...bestOfUnique(unique), ...attributes };
    return `the mapping gives ${Object.keys(this.written).join(', ')}`;
  }

  private async absent(): Promise<string> {
    const found = await this.accounts.find(this.sought, reading);
    if (found.length === 0) return 'a search for it finds nothing';
    throw new StepFailed(
      'a search for an account that is not there finds some: searches of the application are not reliable',
    );
  }

  private async create(): Promise<Stepped> {
    this.mayBeThere = true;
    const { status, shown } = await this.accounts.create(this.sought, this.written, this.call);
    this.accountId = shown.id;
    return await this.seen(status, (read) => {
      const isIt = accountSeen(read, this.open.id, this.open.userName);
      return isIt === 'contradicted' ? isIt : changesSeen(read, this.written);
    });
  }

  private async update(): Promise<Stepped | string> {
    const change = changeOfRehearsal(this.written);
    if (change === null) return `${skipped}: the mapping writes no text that can be changed`;
    const { status } = await this.accounts.change(this.id, change, this.written, this.call);
    this.written = { ...this.written, ...change };
    return await this.seen(status, (read) => changesSeen(read, change));
  }

  private async setActive(active: boolean): Promise<Stepped> {
    const { status } = await this.accounts.setActive(this.id, active, this.call);
    return await this.seen(status, (read) =>
      read.active === null ? 'not-visible' : read.active === active ? 'yes' : 'contradicted',
    );
  }

  /** Gives a group or role, and takes it away again. */
  private async granted(kind: GrantedKind, name: string | null): Promise<Stepped | string> {
    if (name === null) return `${skipped}: name a ${kind} that is there already`;
    const source = this.options.worker.target.entitlements(kind);
    if (source === null) throw new StepFailed(`the connector grants no ${kind}`);
    const id = (await source.find(name, reading)).find((one) => one.name === name)?.id;
    if (id === undefined) throw new StepFailed(`the application has no ${kind} ${name}`);
    const { status } = await source.grant(id, [this.id], this.call);
    const held = await this.until(source.shownWithinMs, () => this.holds(source, id));
    if (held === 'contradicted') throw new StepFailed(`answered ${status}, and the application does not show it`);
    await source.revoke(id, [this.id], this.call);
    // What showed it before would show it still.
    const gone = held === 'yes' ? 'yes' : 'not-visible';
    const after = await this.until(source.shownWithinMs, async () =>
      (await this.holds(source, id)) === 'yes' ? 'contradicted' : gone,
    );
    if (after === 'contradicted') throw new StepFailed('its removal was answered, and the application still shows it');
    return { status, seen: held === 'yes' && after === 'yes' ? 'yes' : 'not-visible' };
  }

  private async holds(source: EntitlementTarget, id: string): Promise<Seen> {
    return holderSeen(await source.holders(id, [this.id], reading), this.id);
  }

  private async remove(): Promise<Stepped> {
    const status = await this.accounts.remove(this.id, this.call);
    const seen = await this.until(this.accounts.shownWithinMs, async () =>
      (await this.isGone(this.id)) ? 'yes' : 'contradicted',
    );
    if (seen === 'contradicted') throw new StepFailed(`answered ${status}, and the account is still there`);
    this.accountId = null;
    this.mayBeThere = false;
    return { status, seen };
  }

  private async isGone(id: string): Promise<boolean> {
    try {
      await this.accounts.read(id, reading);
      return false;
    } catch (error) {
      if (isGone(error)) return true;
      throw error;
    }
  }

  /** Removes what a failed step left behind; says what may still be there, null for nothing. */
  async cleared(): Promise<string | null> {
    if (!this.mayBeThere) return null;
    const { userName } = this.open;
    try {
      const ids = this.accountId === null ? await this.foundIds() : [this.accountId];
      for (const id of ids)
        await this.options.call(() => this.accounts.remove(id, { ...reading, operation: uuidv7() }));
      for (const id of ids)
        if (!(await this.isGone(id))) return `account ${id} (${userName}): remove it in the application`;
      return null;
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      return `perhaps an account ${userName} (${error.message}): look for it in the application and remove it`;
    }
  }

  /** Accounts that carry the mark of this rehearsal, and no others. */
  private async foundIds(): Promise<string[]> {
    const found = await this.options.call(() => this.accounts.find(this.sought, reading));
    const isIts = (one: ShownAccount): boolean =>
      one.externalId === this.open.id || one.userName?.toLowerCase() === this.open.userName.toLowerCase();
    return found.filter(isIts).map(({ id }) => id);
  }

  private async seen(status: number, look: (read: ShownAccount) => Seen): Promise<Stepped> {
    const seen = await this.until(this.accounts.shownWithinMs, async () =>
      look(await this.accounts.read(this.id, reading)),
    );
    if (seen === 'contradicted') throw new StepFailed(`answered ${status}, and the application shows otherwise`);
    return { status, seen };
  }

  /** What is shown in the end: a change may be shown a while after its answer. */
  private async until(shownWithinMs: number, look: () => Promise<Seen>): Promise<Seen> {
    const mostMs = Math.min(shownWithinMs, longestMs);
    for (let waitedMs = 0; ; waitedMs += lookMs) {
      const seen = await look();
      if (seen !== 'contradicted' || waitedMs >= mostMs) return seen;
      await this.options.pause(lookMs);
    }
  }

  private get id(): string {
    if (this.accountId === null) throw new StepFailed('there is no account');
    return this.accountId;
  }

  private get call(): Call {
    return { ...reading, operation: uuidv7() };
  }
}

const skipped = 'skipped';
/** Without these the rest cannot be tried. */
const essential: ReadonlySet<RehearsedName> = new Set(['values', 'absent', 'create']);

const wordsOf = ({ status, seen }: Stepped): string =>
  `answered ${status ?? 'without a status'}; ${seen === 'yes' ? 'the application shows it' : 'the application does not show it'}`;
