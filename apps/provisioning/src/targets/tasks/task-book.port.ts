import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import type { Asked, Attributes, SoughtAccount } from '../target.js';

/** A change that a person is to make in an application that has no API. */
export interface WantedTask {
  readonly connector: string;
  readonly kind: TaskKind;
  /** Null where it is the account of somebody whom the hub does not know. */
  readonly identityId: string | null;
  /** The application's own id of the account; null for one that is to be made. */
  readonly accountId: string | null;
  readonly entitlement: EntitlementFields;
  /** What the account is to have; null where no attribute changes. */
  readonly written: Attributes | null;
}

export const taskKinds = [
  'create-account',
  'update-account',
  'disable-account',
  'enable-account',
  'delete-account',
  'add-member',
  'remove-member',
  'grant-role',
  'revoke-role',
] as const;
export type TaskKind = (typeof taskKinds)[number];

/** How people learn of tasks, and until when they are to be done. */
export interface TaskTerms {
  /** `webhook`: a program that takes tasks is called; `owners`: the owners of the application are told. */
  readonly told: 'webhook' | 'owners';
  /** ISO 8601 durations. */
  readonly within: string;
  readonly remindEvery: string;
}

/** A task that was given: what is sent of it. */
export interface GivenTask {
  readonly id: string;
  readonly application: string;
  readonly givenAt: string;
  readonly dueAt: string;
  /** The program that takes tasks has it. */
  readonly isSent: boolean;
}

/** An account as people said that it is. */
export interface KeptAccount {
  readonly id: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly active: boolean;
  readonly attributes: Attributes;
  readonly createdAt: string | null;
}

/** Kinds of entitlements that people grant by hand. */
export type KeptKind = 'group' | 'role';

/** Tasks for people, and the list of accounts and their entitlements that follows from what people confirmed or uploaded. */
export abstract class TaskBook {
  /**
   * Gives a task. The same that is open already is not given again; what else is open for the account is withdrawn.
   */
  abstract give(wanted: WantedTask, terms: TaskTerms): Promise<GivenTask>;
  /** The program that takes tasks has it. */
  abstract sent(id: string): Promise<void>;
  /** It is not to be done any more: the program that takes tasks refused it. */
  abstract withdraw(id: string): Promise<void>;
  /** What became of it; null for a task that nobody gave. */
  abstract answer(id: string): Promise<TaskAnswer | null>;
  abstract find(connector: string, sought: SoughtAccount): Promise<readonly KeptAccount[]>;
  abstract findBy(connector: string, path: string, value: string): Promise<readonly KeptAccount[]>;
  abstract read(connector: string, id: string): Promise<KeptAccount | null>;
  /** Accounts in the order of their ids. @param after id of the last one before */
  abstract page(connector: string, after: string, limit: number): Promise<readonly KeptAccount[]>;
  /** Could every line of the newest uploaded list be read? Null: there is no list. */
  abstract isWhole(connector: string): Promise<boolean | null>;
  abstract names(connector: string, kind: KeptKind, after: string, limit: number): Promise<readonly string[]>;
  /** Accounts that hold it. @param accounts only these; null for all */
  abstract holders(connector: string, held: HeldBy): Promise<readonly string[]>;
}

/** Which holders are asked for. */
export interface HeldBy {
  readonly kind: KeptKind;
  readonly name: string;
  readonly accounts: readonly string[] | null;
  readonly after: string;
  readonly limit: number;
}

export interface TaskAnswer {
  readonly asked: Asked['is'];
  /** Why it was refused. */
  readonly reason: string;
  /** The task, where the program that takes tasks may not have it yet; null where it has. */
  readonly unsent: (GivenTask & { readonly wanted: WantedTask }) | null;
}
