import type { Change } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import type { AccessEvent } from './access.events.js';
import type { Access } from './access-state.js';
import type { CancelCode, PlannedStep, StepAnswer, StepCode, StepOutcome } from './workflow.events.js';

/** One row of table `workflow_step`. */
interface WorkflowStepRow extends PlannedStep {
  readonly identityId: string;
  readonly status: 'planned' | 'cancelled' | 'in-progress' | StepOutcome;
  readonly code: StepCode | CancelCode | null;
  /** When it was taken or cancelled; null while it is planned. */
  readonly overAt: string | null;
  readonly assignmentId: string | null;
  readonly recipient: string | null;
  readonly answers: readonly StepAnswer[];
}

type Changed = Pick<Change<Access, AccessEvent>, 'facts'>;

/** Writes the steps of which these changes tell; nothing where they tell of none. */
export function writeWorkflows(changes: readonly Changed[], work: Work, fold: number): void {
  const rows = changes.flatMap(rowsOf);
  if (rows.length === 0) return;
  work.run(
    `insert into workflow_step (id, identity_id, workflow, workflow_version, trigger, offset_days, due_at, after_leaving, action,
       package_id, told, message, status, code, over_at, assignment_id, recipient_id, answers, fold)
     select x."stepId", x."identityId", x.workflow, x."workflowVersion", x.trigger, x."offsetDays", x."dueAt", x."afterLeaving", x.action,
       x.package, x."to", x.message, x.status, x.code, x."overAt", x."assignmentId", x.recipient, x.answers, ${fold}
     from jsonb_to_recordset($1::jsonb) as x("stepId" uuid, "identityId" uuid, workflow text, "workflowVersion" int, trigger text,
       "offsetDays" int, "dueAt" timestamptz, "afterLeaving" boolean, action text, package text, "to" text, message text, status text,
       code text, "overAt" timestamptz, "assignmentId" uuid, recipient uuid, answers jsonb)
     on conflict (id) do update set identity_id = excluded.identity_id, workflow = excluded.workflow,
       workflow_version = excluded.workflow_version, trigger = excluded.trigger, offset_days = excluded.offset_days,
       due_at = excluded.due_at, after_leaving = excluded.after_leaving, action = excluded.action, package_id = excluded.package_id,
       told = excluded.told, message = excluded.message, status = excluded.status, code = excluded.code, over_at = excluded.over_at,
       assignment_id = excluded.assignment_id, recipient_id = excluded.recipient_id, answers = excluded.answers,
       fold = excluded.fold`,
    [JSON.stringify(rows)],
  );
}

/** Each step as the newest of these facts says. */
function rowsOf({ facts }: Changed): WorkflowStepRow[] {
  const rows = new Map<string, WorkflowStepRow>();
  for (const fact of facts) for (const row of rowsIn(fact)) rows.set(row.stepId, row);
  return [...rows.values()];
}

function rowsIn({ type, data }: AccessEvent): WorkflowStepRow[] {
  const open = { code: null, overAt: null, assignmentId: null, recipient: null, answers: [] };
  switch (type) {
    case 'WorkflowStepsPlanned':
      return data.steps.map((step) => ({ ...step, ...open, identityId: data.identityId, status: 'planned' }));
    case 'WorkflowStepsCancelled': {
      const { identityId, code, cancelledAt: overAt } = data;
      return data.steps.map((step) => ({ ...step, ...open, identityId, status: 'cancelled', code, overAt }));
    }
    case 'WorkflowStepTaken': {
      const { identityId, step, outcome, code, takenAt: overAt, assignmentId, recipient, answers = [] } = data;
      const status = answers.length === 0 ? outcome : statusOf(answers);
      return [{ ...step, identityId, status, code, overAt, assignmentId, recipient, answers }];
    }
    case 'WorkflowStepAnswered': {
      const { identityId, step, answers, code, recipient, answeredAt: overAt } = data;
      return [{ ...step, ...open, identityId, status: statusOf(answers), code, overAt, recipient, answers }];
    }
    default:
      return [];
  }
}

function statusOf(answers: readonly StepAnswer[]): WorkflowStepRow['status'] {
  if (answers.some(({ word }) => word === 'failed')) return 'failed';
  return answers.some(({ word }) => word === 'waiting') ? 'in-progress' : 'done';
}
