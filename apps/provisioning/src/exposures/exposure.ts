import { isDeepStrictEqual } from 'node:util';
import type { ExposureKind, ExposureProof } from '#libs/contracts/exposures.js';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import type { ExposedThings, ExposureEvent, ExposureTerms } from './exposure.events.js';

/** The newest time that the access of one account was, or is, exposed. */
export interface ExposureState extends ExposureTerms, ExposedThings {
  readonly kind: ExposureKind;
  readonly decidedAt: string;
  readonly dueAt: string;
  readonly openedAt: string;
  readonly escalations: number;
  /** Null while it is open. */
  readonly closed: { readonly how: ExposureProof; readonly proof: string; readonly at: string } | null;
}

/** Null: nothing was exposed so far. */
export type Exposure = ExposureState | null;

const isExposureState = hasShape<ExposureState>({
  exposure: 'text',
  connector: 'text',
  application: 'text',
  identityId: 'any',
  accountId: 'any',
  entitlements: 'list',
  code: 'text',
  kind: 'text',
  decidedAt: 'text',
  dueAt: 'text',
  openedAt: 'text',
  escalations: 'any',
  closed: 'object or null',
});

/** A row holds the state of an exposure. */
export const isExposure = (value: unknown): boolean => value === null || isExposureState(value);

export const exposure: Fold<Exposure, ExposureEvent> = {
  version: 1,
  initial: null,
  evolve: (state, event) => {
    if (event.type === 'ExposureOpened') return { ...event.data, escalations: 0, closed: null };
    return state === null ? null : after(state, event);
  },
};

function after(state: ExposureState, event: Exclude<ExposureEvent, { type: 'ExposureOpened' }>): ExposureState {
  switch (event.type) {
    case 'ExposureChanged': {
      const { accountId, entitlements, code } = event.data;
      return { ...state, accountId, entitlements, code };
    }
    case 'ExposureEscalated':
      return { ...state, escalations: event.data.escalation };
    case 'ExposureClosed': {
      const { how, proof, closedAt: at } = event.data;
      return { ...state, closed: { how, proof, at } };
    }
    default:
      return unreachable(event);
  }
}

/** What is exposed now. */
export interface Exposed extends ExposureTerms, ExposedThings {
  readonly kind: ExposureKind;
  readonly decidedAt: string;
}

/** Why an exposure may end. */
export interface Proof {
  readonly how: ExposureProof;
  /** Id of the fact or message. */
  readonly id: string;
}

/** How long access may last after it was decided that it ends, and what time it is. */
export interface Limit {
  readonly withinMs: number;
  readonly at: string;
}

const dayMs = 86_400_000;

/** Something is exposed: opens the exposure, or says what changed, and escalates it when its deadline is over. */
export function expose(exposed: Exposed, { withinMs, at }: Limit, state: Exposure): ExposureEvent[] {
  if (state === null || state.closed !== null) {
    // Nobody could do anything about a ghost before it was found.
    const since = exposed.kind === 'ghost' ? at : exposed.decidedAt;
    const dueAt = new Date(Date.parse(since) + withinMs).toISOString();
    return [{ type: 'ExposureOpened', v: 1, data: { ...exposed, dueAt, openedAt: at } }];
  }
  return [...changed(exposed, at, state), ...escalated(state, at)];
}

/** Nothing is exposed any more. Without proof the exposure stays open, and says so. */
export function end(proof: Proof | null, at: string, state: Exposure): ExposureEvent[] {
  if (state === null || state.closed !== null) return [];
  if (proof === null) return [...changed({ ...state, code: 'unproven' }, at, state), ...escalated(state, at)];
  return [{ type: 'ExposureClosed', v: 1, data: { ...termsOf(state), how: proof.how, proof: proof.id, closedAt: at } }];
}

function changed(
  now: Pick<Exposed, 'accountId' | 'entitlements' | 'code'>,
  at: string,
  state: ExposureState,
): ExposureEvent[] {
  const { accountId, entitlements, code } = now;
  if (code === state.code && isDeepStrictEqual(entitlements, state.entitlements)) return [];
  const data = { ...termsOf(state), accountId, entitlements, code, changedAt: at };
  return [{ type: 'ExposureChanged', v: 1, data }];
}

/** Once when the deadline is over, then each day. */
function escalated(state: ExposureState, at: string): ExposureEvent[] {
  const { dueAt, escalations } = state;
  const lateMs = Date.parse(at) - Date.parse(dueAt);
  const escalation = lateMs < 0 ? 0 : Math.floor(lateMs / dayMs) + 1;
  if (escalation <= escalations) return [];
  return [{ type: 'ExposureEscalated', v: 1, data: { ...termsOf(state), dueAt, escalation, escalatedAt: at } }];
}

function termsOf({ exposure: id, connector, application, identityId, accountId }: ExposureTerms): ExposureTerms {
  return { exposure: id, connector, application, identityId, accountId };
}
