import type { AccountEventType, OperationEventType, ResultMessage } from '#libs/contracts/provisioning-results.js';
import { nameOf, withReason, type Entitlement, type Period, type Turn } from './period.js';

type PublicResult = Pick<
  ResultMessage,
  'operation' | 'kind' | 'connector' | 'identity' | 'application' | 'because' | 'group' | 'verified' | 'status' | 'code'
>;

/** One step of provisioning on one account, as the log holds it. */
export interface AccountStep extends PublicResult {
  readonly type: OperationEventType | AccountEventType;
  readonly epoch: number;
  readonly sequence: number;
  readonly turn: Turn;
}

interface Open extends Period {
  /** The first operation that could have had this effect; null when something observed it. */
  readonly operation: string | null;
  /** An answer stayed away, or said nothing about the effect: a later refusal proves nothing. */
  readonly uncertain: boolean;
}

/**
 * Access as it may have been, of one identity in one application: from the first call that could have taken effect
 * until its removal is verified. A call that the application refused outright had no effect, so what it would have
 * given never was. Steps may come in any order and doubled.
 */
export function possiblePeriods(steps: readonly AccountStep[]): Period[] {
  const byConnector = Map.groupBy(steps, ({ connector }) => connector);
  return [...byConnector.values()].flatMap((ofOne) => new Timeline().over(inOrder(ofOne)));
}

/** The open and closed periods while the steps of one account are gone through. */
class Timeline {
  private readonly closed: Period[] = [];
  private readonly open = new Map<string, Open>();

  over(steps: readonly AccountStep[]): Period[] {
    for (const step of steps) this.take(step);
    return [...this.closed, ...[...this.open.values()].map(({ operation: _, uncertain: __, ...period }) => period)];
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
        this.is(target, step);
        return;
      case 'hub.provisioning.account.disabled.v1':
        if (step.verified === true) this.switchedOff(step);
        return;
      case 'hub.provisioning.account.deleted.v1':
        if (step.verified === true) this.closeAll(step.turn);
        return;
      case 'hub.provisioning.membership.removed.v1':
        if (step.verified === true) this.close(nameOf(target), step.turn);
        return;
      case 'hub.provisioning.account.updated.v1':
      case 'hub.provisioning.account.in-sync.v1':
      case 'hub.provisioning.account.confirmed.v1':
      case 'hub.provisioning.membership.confirmed.v1':
      case 'hub.provisioning.drift.detected.v1':
        return;
    }
  }

  /** A call is about to leave that may give the target. */
  private mayBe(target: Entitlement, step: AccountStep): void {
    const name = nameOf(target);
    const known = this.open.get(name);
    if (known?.enabled === true) {
      this.open.set(name, { ...known, reasons: withReason(known.reasons, step.turn, step.because) });
      return;
    }
    this.close(name, step.turn);
    this.open.set(name, opened(target, step, { confirmed: null, operation: step.operation }));
  }

  /** The application has it. */
  private is(target: Entitlement, step: AccountStep): void {
    const name = nameOf(target);
    const known = this.open.get(name);
    if (known?.enabled !== true) {
      this.close(name, step.turn);
      const found = step.type === 'hub.provisioning.account.adopted.v1' && step.because.length === 0;
      this.open.set(name, { ...opened(target, step, { confirmed: step.turn, operation: null }), found });
      return;
    }
    const reasons = withReason(known.reasons, step.turn, step.because);
    this.open.set(name, {
      ...known,
      confirmed: known.confirmed ?? step.turn,
      found: known.found && reasons.length === 0,
      reasons,
    });
  }

  private failed(target: Entitlement, step: AccountStep): void {
    if (gives(step)) this.notGiven(nameOf(target), step);
    // The application says that the account itself is not there any more.
    if (step.code === 'gone') this.closeAll(step.turn);
  }

  private notGiven(name: string, step: AccountStep): void {
    const known = this.open.get(name);
    if (known === undefined || known.confirmed !== null || known.operation !== step.operation) return;
    if (lookedForInVain(step) || (hadNoEffect(step.status) && !known.uncertain)) this.retract(name, step.turn);
    else this.open.set(name, { ...known, uncertain: true });
  }

  /** It never was. An account that was off before is off as it was. */
  private retract(name: string, turn: Turn): void {
    const retracted = this.open.get(name);
    this.open.delete(name);
    const before = this.closed.findIndex((one) => one.until === retracted?.since && nameOf(one.entitlement) === name);
    const off = this.closed[before];
    if (off === undefined || off.enabled) return;
    this.closed.splice(before, 1);
    this.open.set(name, {
      ...off,
      until: null,
      reasons: withReason(off.reasons, turn, []),
      operation: null,
      uncertain: false,
    });
  }

  private switchedOff(step: AccountStep): void {
    const known = this.open.get('account');
    if (known?.enabled === false) return;
    this.close('account', step.turn);
    const reasons = known?.reasons ?? [];
    this.open.set('account', {
      ...opened({ account: true }, step, { confirmed: step.turn, operation: null }),
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
    const { operation: _, uncertain: __, ...period } = known;
    this.closed.push({ ...period, until });
    this.open.delete(name);
  }
}

function opened(entitlement: Entitlement, step: AccountStep, how: Pick<Open, 'confirmed' | 'operation'>): Open {
  const { identity, application, turn, because } = step;
  const reasons = withReason([], turn, because);
  return {
    identity,
    application,
    entitlement,
    since: turn,
    until: null,
    found: false,
    enabled: true,
    reasons,
    uncertain: false,
    ...how,
  };
}

function targetOf({ group }: AccountStep): Entitlement {
  return group === undefined ? { account: true } : { group };
}

/** Kinds of operation that give access. */
function gives({ kind }: AccountStep): boolean {
  return kind === 'create-account' || kind === 'enable-account' || kind === 'add-member';
}

/** A creation is given up as lost only when its call can no longer be running and a look-up found no account. */
function lookedForInVain({ kind, code }: AccountStep): boolean {
  return kind === 'create-account' && code === 'lost';
}

/** A refusal: the application answered, and says the call did nothing. 408 does not tell; 5xx and silence neither. */
function hadNoEffect(status: number | null | undefined): boolean {
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408;
}

function inOrder(steps: readonly AccountStep[]): AccountStep[] {
  return [...steps].sort((a, b) => a.epoch - b.epoch || a.sequence - b.sequence);
}
