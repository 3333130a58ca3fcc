import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { type RunKind, type RunStep, statusOf, type StatedTerms, wholeRun } from './on-demand-run.js';

/** How long a run is shown: its steps hold personal data. */
const keptFor = `interval '24 hours'`;

export interface OnDemandRunView {
  readonly id: string;
  readonly connector: string;
  readonly identity: string;
  readonly application: string | null;
  readonly kind: RunKind;
  readonly status: 'running' | 'completed' | 'failed';
  readonly askedBy: string;
  readonly askedAt: string;
  readonly finishedAt: string | null;
  readonly steps: readonly RunStep[];
}

/** A run that is to be carried out. */
export interface AskedRun extends Pick<OnDemandRunView, 'id' | 'connector' | 'identity' | 'kind'> {
  readonly terms: StatedTerms;
}

interface Row extends Omit<OnDemandRunView, 'identity' | 'askedBy' | 'askedAt' | 'finishedAt'> {
  readonly identity_id: string;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly finished_at: Date | null;
}

/** Runs for one person: asked for by people, carried out by the worker of the connector. */
@Injectable()
export class OnDemandRuns {
  constructor(private readonly db: Database) {}

  /** Runs of the day before are dropped. */
  async ask(run: AskedRun, by: string, now: string): Promise<void> {
    await this.db.query(`delete from on_demand_run where asked_at < $1::timestamptz - ${keptFor}`, [now]);
    await this.db.query(
      `insert into on_demand_run (id, connector, identity_id, kind, terms, asked_by, asked_at, status)
       values ($1::uuid, $2, $3::uuid, $4, $5::jsonb, $6, $7::timestamptz, 'running')`,
      [run.id, run.connector, run.identity, run.kind, JSON.stringify(run.terms), by, now],
    );
  }

  /** Those that are to be carried out, the first ones asked for. */
  async open(connector: string, most: number): Promise<AskedRun[]> {
    return await this.db.query<AskedRun & Record<string, unknown>>(
      `select id, connector, identity_id as identity, kind, terms from on_demand_run
       where connector = $1 and status = 'running' order by asked_at, id limit $2`,
      [connector, most],
    );
  }

  async end(
    id: string,
    { application, steps }: { readonly application: string | null; readonly steps: readonly RunStep[] },
    now: string,
  ): Promise<void> {
    await this.db.query(
      `update on_demand_run set status = $2, application = $3, steps = $4::jsonb, finished_at = $5::timestamptz
       where id = $1::uuid and status = 'running'`,
      [id, statusOf(steps), application, JSON.stringify(wholeRun(steps)), now],
    );
  }

  async get(connector: string, id: string): Promise<OnDemandRunView | null> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select id, connector, identity_id, application, kind, status, asked_by, asked_at, finished_at, steps
       from on_demand_run where connector = $1 and id = $2::uuid`,
      [connector, id],
    );
    return row === undefined ? null : viewOf(row);
  }
}

function viewOf(row: Row): OnDemandRunView {
  const { id, connector, application, kind, status, steps } = row;
  return {
    id,
    connector,
    identity: row.identity_id,
    application,
    kind,
    status,
    askedBy: row.asked_by,
    askedAt: row.asked_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    steps,
  };
}
