import { entitlementKey, fieldsOf, type EntitlementFields } from '#libs/contracts/entitlement.js';
import { givenBy } from '#libs/contracts/operation-effects.js';
import {
  entitlementOfResult,
  type AccountEventType,
  type OperationEventType,
  type ResultMessage,
} from '#libs/contracts/provisioning-results.js';
import { begun, withReason, type Period, type Turn } from './period.js';

type PublicResult = Pick<
  ResultMessage,
  | 'operation'
  | 'kind'
  | 'connector'
  | 'identity'
  | 'application'
  | 'because'
  | 'group'
  | 'role'
  | 'verified'
  | 'seen'
  | 'effect'
  | 'code'
>;

/** One step of provisioning on one account, as the log holds it. */
export interface AccountStep extends PublicResult {
  readonly type: OperationEventType | AccountEventType;
  readonly epoch: number;
  readonly sequence: number;
  readonly turn: Turn;
}

/** A call that can have given it. */
interface Call {
  readonly turn: Turn;
  /** Its failure left the effect unknown: a later answer to the same operation proves nothing. */
  readonly unknown: boolean;
}

interface Open extends Period {
  /** The unanswered calls by operation, oldest first; empty after the application has confirmed the entitlement. */
  readonly calls: ReadonlyMap<string, Call>;
}

/**
 * Possible access of one identity in one application: from the first call that may have had an effect until its removal
 * is verified. The service that made a failed call says whether it had an effect. If no call had an
 * effect, the access never existed. Steps may come in any order and more than once.
 */
export function possiblePeriods(steps: readonly AccountStep[]): Period[] {
  const byConnector = Map.groupBy(steps, ({ connector }) => connector);
  return [...byConnector.values()].flatMap((ofOne) => new Timeline().over(inOrder(ofOne)));
}

/** The open and closed periods, while the steps of one account are processed. */
class Timeline {
  private readonly closed: Period[] = [];
  private readonly open = new Map<string, Open>();

  over(steps: readonly AccountStep[]): Period[] {
    for (const step of steps) this.take(step);
    return [...this.closed, ...[...this.open.values()].map(({ calls: _, ...period }) => period)];
  }

  private take(step: AccountStep): void {
    const target = targetOf(step);
    switch (step.type) {
      case 'hub.provisioning.operation.started.v1':
        if (gives(step)) this.mayBe(target, step);
        return;
      case 'hub.provisioning.operation.failed.v1':
        this.failed(target, step);
        return;
      case 'hub.provisioning.account.created.v1':
      case 'hub.provisioning.account.adopted.v1':
      case 'hub.provisioning.account.enabled.v1':
      case 'hub.provisioning.membership.added.v1':
      case 'hub.provisioning.role.granted.v1':
        this.is(target, step, step.seen === 'yes');
        return;
      case 'hub.provisioning.account.confirmed.v1':
      case 'hub.provisioning.membership.confirmed.v1':
        this.is(target, step, true);
        return;
      case 'hub.provisioning.account.updated.v1':
        if (step.seen === 'yes' && this.open.get(entitlementKey(target))?.enabled === true) this.is(target, step, true);
        return;
      case 'hub.provisioning.account.disabled.v1':
        if (step.verified === true) this.switchedOff(step);
        return;
      case 'hub.provisioning.account.deleted.v1':
        if (step.verified === true) this.closeAll(step.turn);
        return;
      case 'hub.provisioning.membership.removed.v1':
      case 'hub.provisioning.role.revoked.v1':
        if (step.verified === true) this.close(entitlementKey(target), step.turn);
        return;
      case 'hub.provisioning.account.in-sync.v1':
      case 'hub.provisioning.account.out-of-scope.v1':
      case 'hub.provisioning.account.deletion-scheduled.v1':
      case 'hub.provisioning.account.deletion-cancelled.v1':
      case 'hub.provisioning.drift.detected.v1':
        return;
    }
  }

  /** A call that may give the target is about to be made. */
  private mayBe(target: EntitlementFields, step: AccountStep): void {
    const name = entitlementKey(target);
    const known = this.open.get(name);
    const call = { turn: step.turn, unknown: known?.calls.get(step.operation)?.unknown ?? false };
    if (known?.enabled === true) {
      const reasons = withReason(known.reasons, step.turn, step.because);
      const calls = known.written === null ? new Map([...known.calls, [step.operation, call]]) : known.calls;
      this.open.set(name, { ...known, reasons, calls });
      return;
    }
    this.close(name, step.turn);
    this.open.set(name, { ...opened(target, step), calls: new Map([[step.operation, call]]) });
  }

  /** The application reports that it has the target. @param shown a reading shows it, too */
  private is(target: EntitlementFields, step: AccountStep, shown: boolean): void {
    const name = entitlementKey(target);
    const before = this.open.get(name);
    const found = step.type === 'hub.provisioning.account.adopted.v1' && step.because.length === 0;
    if (before?.enabled !== true) this.close(name, step.turn);
    const known = before?.enabled === true ? before : { ...opened(target, step), found };
    const reasons = withReason(known.reasons, step.turn, step.because);
    this.open.set(name, {
      ...known,
      written: known.written ?? step.turn,
      confirmed: known.confirmed ?? (shown ? step.turn : null),
      found: known.found && reasons.length === 0,
      reasons,
      calls: new Map(),
    });
  }

  private failed(target: EntitlementFields, step: AccountStep): void {
    if (gives(step)) this.notGiven(entitlementKey(target), step);
    // The application reports that the account does not exist any more.
    if (step.code === 'gone') this.closeAll(step.turn);
  }

  private notGiven(name: string, step: AccountStep): void {
    const known = this.open.get(name);
    if (known === undefined || known.written !== null) return;
    if (searchedWithoutResult(step)) {
      this.retract(name, step.turn);
      return;
    }
    const call = known.calls.get(step.operation);
    if (call === undefined) return;
    const calls = new Map(known.calls);
    if (step.effect === 'none' && !call.unknown) calls.delete(step.operation);
    else calls.set(step.operation, { ...call, unknown: true });
    const [first] = calls.values();
    if (first === undefined) this.retract(name, step.turn);
    else this.open.set(name, { ...known, calls, since: first.turn });
  }

  /** It never existed. A disabled account stays disabled. */
  private retract(name: string, turn: Turn): void {
    const retracted = this.open.get(name);
    this.open.delete(name);
    const before = this.closed.findIndex(
      (one) => one.until === retracted?.since && entitlementKey(one.entitlement) === name,
    );
    const off = this.closed[before];
    if (off === undefined || off.enabled) return;
    this.closed.splice(before, 1);
    this.open.set(name, {
      ...off,
      until: null,
      reasons: withReason(off.reasons, turn, []),
      calls: new Map(),
    });
  }

  private switchedOff(step: AccountStep): void {
    const known = this.open.get('account');
    if (known?.enabled === false) return;
    this.close('account', step.turn);
    const reasons = known?.reasons ?? [];
    this.open.set('account', {
      ...opened({ account: true }, step),
      written: step.turn,
      confirmed: step.turn,
      enabled: false,
      found: known?.found ?? false,
      reasons: reasons.length > 0 ? reasons : withReason([], step.turn, step.because),
    });
  }

  private closeAll(until: Turn): void {
    for (const name of [...this.open.keys()]) this.close(name, until);
  }

  private close(name: string, until: Turn): void {
    const known = this.open.get(name);
    if (known === undefined) return;
    const { calls: _, ...period } = known;
    this.closed.push({ ...period, until });
    this.open.delete(name);
  }
}

function opened(entitlement: EntitlementFields, step: AccountStep): Open {
  const { identity, application, turn, because } = step;
  const reasons = withReason([], turn, because);
  return { ...begun({ identity, application, entitlement, since: turn, reasons }), calls: new Map() };
}

const targetOf = (step: AccountStep): EntitlementFields => fieldsOf(entitlementOfResult(step));

/** Operations that give access. */
const gives = ({ kind }: AccountStep): boolean => givenBy(kind) !== null;

/** A creation counts as failed only after its call has certainly ended and a look-up found no account. */
function searchedWithoutResult({ kind, code }: AccountStep): boolean {
  return kind === 'create-account' && code === 'lost';
}

function inOrder(steps: readonly AccountStep[]): AccountStep[] {
  return [...steps].sort((a, b) => a.epoch - b.epoch || a.sequence - b.sequence);
}
