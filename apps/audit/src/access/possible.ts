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

/** The periods of one entitlement so far. */
interface Known {
  readonly closed: readonly Period[];
  readonly open: Open | null;
}

type Take = (known: Known, step: AccountStep) => Known;

/**
 * Possible access of one identity in one application: from the first call that may have had an effect until its removal
 * is verified. The service that made a failed call says whether it had an effect. If no call had an
 * effect, the access never existed. Steps may come in any order and more than once.
 */
export function possiblePeriods(steps: readonly AccountStep[]): Period[] {
  const byConnector = Map.groupBy(steps, ({ connector }) => connector);
  return [...byConnector.values()].flatMap((ofOne) => {
    const ends = ofOne.filter(endsAccount);
    const byKey = Map.groupBy(ofOne, keyOf);
    return [...byKey].flatMap(([key, own]) => periodsOf(key, [...own, ...ends.filter((step) => keyOf(step) !== key)]));
  });
}

/** @param steps its own, and those that end everything */
function periodsOf(key: string, steps: readonly AccountStep[]): Period[] {
  const none: Known = { closed: [], open: null };
  const { closed, open } = inOrder(steps).reduce(
    (known, step) => (keyOf(step) === key ? takes[step.type](known, step) : ended(known, step)),
    none,
  );
  return open === null ? [...closed] : [...closed, periodOf(open)];
}

const periodOf = ({ calls: _, ...period }: Open): Period => period;

/** The application has no account any more: nothing of it is left. */
const endsAccount = ({ type, code, verified }: AccountStep): boolean =>
  (type === 'hub.provisioning.account.deleted.v1' && verified === true) ||
  (type === 'hub.provisioning.operation.failed.v1' && code === 'gone');

const unchanged: Take = (known) => known;

/** A call that may give it is about to be made. */
const asked: Take = (known, step) => {
  const { open } = known;
  const call = { turn: step.turn, unknown: open?.calls.get(step.operation)?.unknown ?? false };
  if (open?.enabled !== true)
    return { ...ended(known, step), open: { ...opened(step), calls: new Map([[step.operation, call]]) } };
  const reasons = withReason(open.reasons, step.turn, step.because);
  const calls = open.written === null ? new Map([...open.calls, [step.operation, call]]) : open.calls;
  return { ...known, open: { ...open, reasons, calls } };
};

/** The application reports that it is there. @param isShown a reading shows it, too */
function reported(known: Known, step: AccountStep, isShown: boolean): Known {
  const isFound = step.type === 'hub.provisioning.account.adopted.v1' && step.because.length === 0;
  const { closed, open } =
    known.open?.enabled === true
      ? { closed: known.closed, open: known.open }
      : { ...ended(known, step), open: { ...opened(step), found: isFound } };
  const reasons = withReason(open.reasons, step.turn, step.because);
  return {
    closed,
    open: {
      ...open,
      written: open.written ?? step.turn,
      confirmed: open.confirmed ?? (isShown ? step.turn : null),
      found: open.found && reasons.length === 0,
      reasons,
      calls: new Map(),
    },
  };
}

const accepted: Take = (known, step) => reported(known, step, step.seen === 'yes');
const shown: Take = (known, step) => reported(known, step, true);

const failed: Take = (known, step) => {
  const after = gives(step) ? notGiven(known, step) : known;
  return endsAccount(step) ? ended(after, step) : after;
};

function notGiven(known: Known, step: AccountStep): Known {
  const { open } = known;
  if (open === null || open.written !== null) return known;
  if (searchedWithoutResult(step)) return retracted(known, open, step);
  const call = open.calls.get(step.operation);
  if (call === undefined) return known;
  const calls = new Map(open.calls);
  if (step.effect === 'none' && !call.unknown) calls.delete(step.operation);
  else calls.set(step.operation, { ...call, unknown: true });
  const [first] = calls.values();
  return first === undefined ? retracted(known, open, step) : { ...known, open: { ...open, calls, since: first.turn } };
}

/** It never existed. A disabled account stays disabled. */
function retracted({ closed }: Known, open: Open, { turn }: AccountStep): Known {
  const before = closed.find((one) => one.until === open.since);
  if (before === undefined || before.enabled) return { closed, open: null };
  return {
    closed: closed.filter((one) => one !== before),
    open: { ...before, until: null, reasons: withReason(before.reasons, turn, []), calls: new Map() },
  };
}

const switchedOff: Take = (known, step) => {
  const { open } = known;
  if (open?.enabled === false) return known;
  const reasons = open?.reasons ?? [];
  return {
    ...ended(known, step),
    open: {
      ...opened(step),
      written: step.turn,
      confirmed: step.turn,
      enabled: false,
      found: open?.found ?? false,
      reasons: reasons.length > 0 ? reasons : withReason([], step.turn, step.because),
    },
  };
};

function ended({ closed, open }: Known, { turn }: AccountStep): Known {
  return { closed: open === null ? closed : [...closed, { ...periodOf(open), until: turn }], open: null };
}

/** What an application accepted to take away is gone only once a reading has shown it. */
const whenVerified =
  (take: Take): Take =>
  (known, step) =>
    step.verified === true ? take(known, step) : known;

/** What each step says of the entitlement that it is about. */
const takes: Readonly<Record<AccountStep['type'], Take>> = {
  'hub.provisioning.operation.started.v1': (known, step) => (gives(step) ? asked(known, step) : known),
  'hub.provisioning.operation.failed.v1': failed,
  'hub.provisioning.account.created.v1': accepted,
  'hub.provisioning.account.adopted.v1': accepted,
  'hub.provisioning.account.enabled.v1': accepted,
  'hub.provisioning.membership.added.v1': accepted,
  'hub.provisioning.role.granted.v1': accepted,
  'hub.provisioning.account.confirmed.v1': shown,
  'hub.provisioning.membership.confirmed.v1': shown,
  'hub.provisioning.account.updated.v1': (known, step) =>
    step.seen === 'yes' && known.open?.enabled === true ? shown(known, step) : known,
  'hub.provisioning.account.disabled.v1': whenVerified(switchedOff),
  'hub.provisioning.account.deleted.v1': whenVerified(ended),
  'hub.provisioning.membership.removed.v1': whenVerified(ended),
  'hub.provisioning.role.revoked.v1': whenVerified(ended),
  'hub.provisioning.account.in-sync.v1': unchanged,
  'hub.provisioning.account.out-of-scope.v1': unchanged,
  'hub.provisioning.account.deletion-scheduled.v1': unchanged,
  'hub.provisioning.account.deletion-cancelled.v1': unchanged,
  'hub.provisioning.drift.detected.v1': unchanged,
};

function opened(step: AccountStep): Open {
  const { identity, application, turn, because } = step;
  const reasons = withReason([], turn, because);
  const entitlement = targetOf(step);
  return { ...begun({ identity, application, entitlement, since: turn, reasons }), calls: new Map() };
}

const targetOf = (step: AccountStep): EntitlementFields => fieldsOf(entitlementOfResult(step));
const keyOf = (step: AccountStep): string => entitlementKey(targetOf(step));

/** Operations that give access. */
const gives = ({ kind }: AccountStep): boolean => givenBy(kind) !== null;

/** A creation counts as failed only after its call has certainly ended and a look-up found no account. */
function searchedWithoutResult({ kind, code }: AccountStep): boolean {
  return kind === 'create-account' && code === 'lost';
}

function inOrder(steps: readonly AccountStep[]): AccountStep[] {
  return [...steps].sort((a, b) => a.epoch - b.epoch || a.sequence - b.sequence);
}
