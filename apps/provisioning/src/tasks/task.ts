import { isDeepStrictEqual } from 'node:util';
import { hasShape, unreachable, type Fold } from '#libs/event-store/core.js';
import { entitlementKey } from '#libs/contracts/entitlement.js';
import { later } from '#libs/text/duration.js';
import type { Attributes, TaskTerms, WantedTask } from '../targets/targets.exports.js';
import { TaskNotOpen } from './task.errors.js';
import type { TaskConfirmed, TaskEvent, TaskTermsOf } from './task.events.js';

/** What became of a task so far. */
export interface TaskState extends TaskTermsOf {
  readonly status: 'open' | 'confirmed' | 'refused' | 'withdrawn';
  /** Null where no attribute changes, and once the person is forgotten. */
  readonly written: Attributes | null;
  readonly givenAt: string;
  readonly remindEvery: string;
  /** When the program that takes tasks had it; null: not yet, or there is none. */
  readonly sentAt: string | null;
  readonly reminders: number;
  readonly answered: { readonly by: string; readonly how: 'answer' | 'list'; readonly at: string } | null;
  /** Why it was refused. */
  readonly reason: string | null;
}

/** Null: it was never given. */
export type Task = TaskState | null;

const isTaskState = hasShape<TaskState>({
  task: 'text',
  connector: 'text',
  application: 'text',
  identityId: 'any',
  accountId: 'any',
  kind: 'text',
  entitlement: 'object',
  told: ['webhook', 'owners'],
  dueAt: 'text',
  status: ['open', 'confirmed', 'refused', 'withdrawn'],
  written: 'object or null',
  givenAt: 'text',
  remindEvery: 'text',
  sentAt: 'any',
  reminders: 'any',
  answered: 'object or null',
  reason: 'any',
});

/** A row holds the state of a task. */
export const isTask = (value: unknown): boolean => value === null || isTaskState(value);

export const task: Fold<Task, TaskEvent> = {
  version: 1,
  initial: null,
  evolve: (state, event) => {
    if (event.type === 'TaskGiven') {
      const written = event.personal.account.fields?.written ?? null;
      return { ...event.data, status: 'open', written, sentAt: null, reminders: 0, answered: null, reason: null };
    }
    return state === null ? null : after(state, event);
  },
};

function after(state: TaskState, event: Exclude<TaskEvent, { type: 'TaskGiven' }>): TaskState {
  switch (event.type) {
    case 'TaskSent':
      return { ...state, sentAt: event.data.sentAt };
    case 'TaskReminded':
      return { ...state, reminders: event.data.reminder };
    case 'TaskConfirmed': {
      const { accountId, by, how, answeredAt: at } = event.data;
      return { ...state, status: 'confirmed', accountId, answered: { by, how, at } };
    }
    case 'TaskRefused': {
      const { by, answeredAt: at } = event.data;
      const reason = event.personal.reason.fields?.reason ?? null;
      return { ...state, status: 'refused', reason, answered: { by, how: 'answer', at } };
    }
    case 'TaskWithdrawn':
      return { ...state, status: 'withdrawn' };
    default:
      return unreachable(event);
  }
}

/** Whose account a task is about, and when it is given. */
export interface Giving {
  readonly id: string;
  readonly application: string;
  readonly at: string;
}

/** A task is given once. */
export function give(
  { connector, kind, identityId, accountId, entitlement, written }: WantedTask,
  { told, within, remindEvery }: TaskTerms,
  { id, application, at }: Giving,
): TaskEvent {
  const about = { task: id, connector, application, identityId, accountId, kind, entitlement, told };
  return {
    type: 'TaskGiven',
    v: 1,
    data: { ...about, dueAt: later(at, within), givenAt: at, remindEvery },
    personal: { account: { subject: identityId ?? id, fields: { written } } },
  };
}

/** Does an open task ask for the same? */
export function isSame(state: TaskState, wanted: WantedTask): boolean {
  return (
    state.kind === wanted.kind &&
    state.accountId === wanted.accountId &&
    entitlementKey(state.entitlement) === entitlementKey(wanted.entitlement) &&
    isDeepStrictEqual(state.written, wanted.written)
  );
}

/** The program that takes tasks has it. */
export function send(at: string, state: Task): TaskEvent[] {
  if (state?.status !== 'open' || state.sentAt !== null) return [];
  return [{ type: 'TaskSent', v: 1, data: { ...termsOf(state), sentAt: at } }];
}

/** Nobody has answered yet. */
export function remind(at: string, state: Task): TaskEvent[] {
  if (state?.status !== 'open') return [];
  return [{ type: 'TaskReminded', v: 1, data: { ...termsOf(state), reminder: state.reminders + 1, remindedAt: at } }];
}

/** Who answers, and when. */
export interface Answering {
  readonly by: string;
  readonly at: string;
}

/**
 * It is done. Said again, it changes nothing.
 * @param account the application's own id of an account that was made; null where the one who made it does not say
 */
export function confirm({ by, at }: Answering, how: 'answer' | 'list', account: string | null, state: TaskState) {
  if (state.status === 'confirmed') return [];
  if (state.status !== 'open') throw notOpen(state);
  const accountId = state.accountId ?? account ?? madeIdOf(state);
  const confirmed: TaskConfirmed = {
    type: 'TaskConfirmed',
    v: 1,
    data: { ...termsOf(state), accountId, by, how, answeredAt: at },
  };
  return [confirmed];
}

/** An account is known by its name where nobody says what the application calls it. */
function madeIdOf({ written, task: id }: TaskState): string {
  const name = written?.['userName'];
  return typeof name === 'string' && name !== '' ? name : id;
}

/** It will not be done, with the words of the person. Said again, it changes nothing. */
export function refuse({ by, at }: Answering, reason: string, state: TaskState): TaskEvent[] {
  if (state.status === 'refused') return [];
  if (state.status !== 'open') throw notOpen(state);
  return [
    {
      type: 'TaskRefused',
      v: 1,
      data: { ...termsOf(state), by, answeredAt: at },
      personal: { reason: { subject: by, fields: { reason } } },
    },
  ];
}

export function withdraw(at: string, state: Task): TaskEvent[] {
  if (state?.status !== 'open') return [];
  return [{ type: 'TaskWithdrawn', v: 1, data: { ...termsOf(state), withdrawnAt: at } }];
}

function notOpen({ task: id, status }: TaskState): TaskNotOpen {
  const mend = status === 'withdrawn' ? 'it is not wanted any more: undo what was done for it' : 'it was answered';
  return new TaskNotOpen(`the task is ${status}: ${mend}`, { task: id, status });
}

function termsOf(state: TaskState): TaskTermsOf {
  const { task: id, connector, application, identityId, accountId, kind, entitlement, told, dueAt } = state;
  return { task: id, connector, application, identityId, accountId, kind, entitlement, told, dueAt };
}
