import { Injectable } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { lastUuid } from '#libs/event-store/ids.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { type ListPart, decodeCursor, pageOf, type Page } from '#libs/service-kit/input/page.js';
import { Accesses, type CancelCode, type StepCode } from '../assignments/assignments.exports.js';
import { type NamedPerson, Names } from '../names/names.exports.js';
import { Channels } from '../notifications/notifications.exports.js';
import { CurrentCatalog } from '../people/people.exports.js';
import type { Titled, WorkflowAction, WorkflowRecipient, WorkflowTrigger } from '../policy/policy.exports.js';

/**
 * `in-progress`: it was taken, and an application has not confirmed it, or nobody was reached yet. `unverified`: nothing is left
 * to do, and no reading showed that the access is gone.
 */
export const shownStatuses = [
  'planned',
  'in-progress',
  'done',
  'unverified',
  'not-needed',
  'failed',
  'cancelled',
] as const;

/** What did not happen after a step was taken. */
export const laterCodes = ['not_delivered', 'not_removed', 'not_told', 'no_channel'] as const;

/** One step of a workflow for one person. */
export interface WorkflowStepView {
  readonly id: string;
  readonly workflowId: string;
  readonly workflow: Titled;
  readonly workflowVersion: number;
  readonly trigger: WorkflowTrigger;
  readonly identityId: string;
  readonly identity: NamedPerson;
  readonly offsetDays: number;
  readonly dueAt: string;
  readonly afterLeaving: boolean;
  readonly action: WorkflowAction;
  readonly package: Titled | null;
  readonly to: WorkflowRecipient | null;
  readonly message: string | null;
  readonly status: (typeof shownStatuses)[number];
  readonly code: StepCode | CancelCode | (typeof laterCodes)[number] | null;
  /** When it was taken or cancelled; null while it is planned. */
  readonly overAt: string | null;
  readonly assignmentId: string | null;
  readonly recipient: NamedPerson | null;
  /** Applications that have to confirm it; of a transfer of ownership: `governance`. */
  readonly answers: readonly { readonly about: string; readonly word: 'waiting' | 'done' | 'failed' }[];
}

/** Steps of workflows, newest first. */
export class ListWorkflowSteps extends Query<Page<WorkflowStepView>> {
  constructor(readonly part: ListPart) {
    super();
  }
}

const columns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  workflowId: { sql: 'workflow', type: 'key' },
  identityId: { sql: 'identity_id', type: 'uuid' },
  packageId: { sql: 'package_id', type: 'key' },
  trigger: { sql: 'trigger', type: 'word' },
  action: { sql: 'action', type: 'word' },
  status: { sql: 'shown', type: 'word' },
  code: { sql: 'code', type: 'word' },
  dueAt: { sql: 'due_at', type: 'timestamp' },
};

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly identity_id: string;
  readonly workflow: string;
  readonly workflow_version: number;
  readonly trigger: WorkflowTrigger;
  readonly offset_days: number;
  readonly due_at: Date;
  readonly after_leaving: boolean;
  readonly action: WorkflowAction;
  readonly package_id: string | null;
  readonly told: WorkflowRecipient | null;
  readonly message: string | null;
  readonly status: string;
  readonly shown: WorkflowStepView['status'];
  readonly code: WorkflowStepView['code'];
  readonly over_at: Date | null;
  readonly assignment_id: string | null;
  readonly recipient_id: string | null;
  readonly answers: WorkflowStepView['answers'];
  readonly fold: number;
}

/** What is known of a step that was taken: the delivery or removal of its assignment, or its notifications. `$1`: is there a channel? */
const shown = `case
  when s.status <> 'done' then s.status
  when s.action = 'grant' then (
    select case when a.delivery in ('delivered') then 'done' when a.delivery = 'failed' then 'failed'
      when a.status in ('revoked', 'expired') then 'not-needed' else 'in-progress' end
    from assignment a where a.id = s.assignment_id)
  when s.action = 'revoke' then (
    select case a.removal when 'done' then 'done' when 'failed' then 'failed' when 'not-verifiable' then 'unverified' else 'in-progress' end
    from assignment a where a.id = s.assignment_id)
  when s.action <> 'notify' then s.status
  else (
    select case when bool_or(n.status = 'sent') then 'done' when bool_or(n.status = 'pending') then 'in-progress'
      when count(*) > 0 or not $1::boolean then 'failed' else 'in-progress' end
    from notification n where n.about ->> 'step' = s.id::text)
  end`;

@Injectable()
export class WorkflowSteps {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
    private readonly channels: Channels,
    private readonly names: Names,
    private readonly catalog: CurrentCatalog,
  ) {}

  async list(before: string, limit: number, filter: string | undefined): Promise<WorkflowStepView[]> {
    const condition = listCondition(filter, columns, 4);
    const hasChannel = this.channels.all.length > 0;
    const find = (): Promise<Row[]> =>
      this.db.query<Row>(
        `select * from (select s.*, ${shown} as shown from workflow_step s) s
         where id < $2::uuid and (${condition.sql}) order by id desc limit $3::int`,
        [hasChannel, before, limit, ...condition.params],
      );
    const rows = await currentRows(find, {
      streams: this.accesses,
      shownBy: ({ identity_id: id, fold }) => [{ id, fold }],
    });
    const people = rows.flatMap((row) => [row.identity_id, ...(row.recipient_id === null ? [] : [row.recipient_id])]);
    const [person, catalog] = await Promise.all([this.names.of(people), this.catalog.current()]);
    return rows.map((row) => ({
      id: row.id,
      workflowId: row.workflow,
      workflow: catalog.titleOf('workflow', row.workflow),
      workflowVersion: row.workflow_version,
      trigger: row.trigger,
      identityId: row.identity_id,
      identity: person(row.identity_id),
      offsetDays: row.offset_days,
      dueAt: row.due_at.toISOString(),
      afterLeaving: row.after_leaving,
      action: row.action,
      package: row.package_id === null ? null : catalog.titleOf('access-package', row.package_id),
      to: row.told,
      message: row.message,
      status: row.shown,
      code: codeOf(row, hasChannel),
      overAt: row.over_at?.toISOString() ?? null,
      assignmentId: row.assignment_id,
      recipient: row.recipient_id === null ? null : person(row.recipient_id),
      answers: row.answers.map(({ about, word }) => ({ about, word })),
    }));
  }
}

function codeOf({ shown: now, status, code, action }: Row, hasChannel: boolean): WorkflowStepView['code'] {
  if (now !== 'failed' || status === 'failed') return code;
  if (action === 'notify') return hasChannel ? 'not_told' : 'no_channel';
  return action === 'grant' ? 'not_delivered' : 'not_removed';
}

@QueryHandler(ListWorkflowSteps)
export class ListWorkflowStepsHandler implements IQueryHandler<ListWorkflowSteps> {
  constructor(private readonly steps: WorkflowSteps) {}

  async execute({ part: { limit, cursor, filter } }: ListWorkflowSteps): Promise<Page<WorkflowStepView>> {
    const [before = lastUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    return pageOf(
      await this.steps.list(before, limit + 1, filter),
      limit,
      ({ id }) => [id],
      (view) => view,
    );
  }
}
