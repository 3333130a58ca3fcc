import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Fact, PersonalPart } from '#libs/event-store/core.js';
import type { Attributes, TaskKind } from '../targets/targets.exports.js';

/** A change that a person makes in an application without an API. Stream: `manual-task-<uuid>`. */
export type TaskEvent = TaskGiven | TaskSent | TaskReminded | TaskConfirmed | TaskRefused | TaskWithdrawn;

export interface TaskTermsOf {
  readonly task: string;
  readonly connector: string;
  readonly application: string;
  /** Null for an account that no identity is known for. */
  readonly identityId: string | null;
  /** The application's own id of the account; null for one that is to be made. */
  readonly accountId: string | null;
  readonly kind: TaskKind;
  readonly entitlement: EntitlementFields;
  readonly told: 'webhook' | 'owners';
  readonly dueAt: string;
}

export type TaskGiven = Fact<
  'TaskGiven',
  1,
  TaskTermsOf & {
    readonly givenAt: string;
    /** ISO 8601 duration. */
    readonly remindEvery: string;
  }
> & { readonly personal: { readonly account: PersonalPart<{ readonly written: Attributes | null }> } };
/** The program that takes tasks has it. */
export type TaskSent = Fact<'TaskSent', 1, TaskTermsOf & { readonly sentAt: string }>;
export type TaskReminded = Fact<
  'TaskReminded',
  1,
  TaskTermsOf & { readonly reminder: number; readonly remindedAt: string }
>;
/** It is done, as a person, a program or an uploaded list says. `accountId` is the account then. */
export type TaskConfirmed = Fact<
  'TaskConfirmed',
  1,
  TaskTermsOf & { readonly by: string; readonly how: 'answer' | 'list'; readonly answeredAt: string }
>;
export type TaskRefused = Fact<'TaskRefused', 1, TaskTermsOf & { readonly by: string; readonly answeredAt: string }> & {
  readonly personal: { readonly reason: PersonalPart<{ readonly reason: string }> };
};
/** It is not wanted any more, or another one has replaced it. */
export type TaskWithdrawn = Fact<'TaskWithdrawn', 1, TaskTermsOf & { readonly withdrawnAt: string }>;

export const taskFacts = [
  'TaskGiven',
  'TaskSent',
  'TaskReminded',
  'TaskConfirmed',
  'TaskRefused',
  'TaskWithdrawn',
] as const;
