/** Of `hub.provisioning.results`: changes that people make in an application without an API. Key: the identity, or the task where none is known. */

export type TaskEventType =
  | 'hub.provisioning.task.given.v1'
  | 'hub.provisioning.task.reminded.v1'
  | 'hub.provisioning.task.confirmed.v1'
  | 'hub.provisioning.task.refused.v1'
  | 'hub.provisioning.task.withdrawn.v1';

export interface TaskMessage {
  readonly task: string;
  readonly connector: string;
  readonly application: string;
  /** Null for an account that no identity is known for. */
  readonly identity: string | null;
  /** The application's own id of the account; null for one that is to be made. */
  readonly account: string | null;
  /** As of an operation: `create-account`, `add-member` … */
  readonly kind: string;
  /** `account`, `group:NAME` or `role:NAME`. */
  readonly entitlement: string;
  /** Who was told: a program that takes tasks, or the owners of the application. */
  readonly told: 'webhook' | 'owners';
  readonly dueAt: string;
  /** 1 for the first reminder. */
  readonly reminder?: number;
  /** UUID of the person or program that answered. */
  readonly by?: string;
  /** Why it was refused. Personal to who answered. */
  readonly reason?: string;
}
