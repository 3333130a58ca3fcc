import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Steps of workflows, one row for each step and person. */
export class WorkflowStep1767200001000 implements MigrationInterface {
  readonly name = 'WorkflowStep1767200001000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      create table workflow_step (
        id uuid primary key,
        identity_id uuid not null,
        workflow text not null,
        workflow_version integer not null,
        trigger text not null,
        offset_days integer not null,
        due_at timestamptz not null,
        after_leaving boolean not null,
        action text not null,
        package_id text,
        told text,
        message text,
        status text not null,
        code text,
        over_at timestamptz,
        assignment_id uuid,
        recipient_id uuid,
        fold integer not null
      )`);
    await db.query(`create index workflow_step_identity on workflow_step (identity_id, id)`);
    await db.query(`create index workflow_step_workflow on workflow_step (workflow, id)`);
    await db.query(`create index workflow_step_failed on workflow_step (id) where status = 'failed'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}

/** Who has to answer before a step is done, and what they answered. */
export class WorkflowAnswers1767200002000 implements MigrationInterface {
  readonly name = 'WorkflowAnswers1767200002000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`alter table workflow_step add answers jsonb not null default '[]'`);
  }

  /** Forward only: write the next migration instead. */
  down(): Promise<void> {
    throw new Error('migrations are forward only');
  }
}
