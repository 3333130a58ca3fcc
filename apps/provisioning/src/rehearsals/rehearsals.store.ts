import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { type RehearsedAccess, type RehearsedStep, wholeRehearsal } from './rehearsal.js';

/** What somebody stated for a rehearsal. */
export interface RehearsalTerms extends RehearsedAccess {
  /** Of the test identity, for the mapping. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface RehearsalView {
  readonly id: string;
  readonly connector: string;
  /** User name of the test account. */
  readonly userName: string;
  /** `failed`: a step failed, or something of it is still there. */
  readonly status: 'running' | 'completed' | 'failed';
  readonly askedBy: string;
  readonly askedAt: string;
  readonly finishedAt: string | null;
  /** What of it is, or may be, still in the application; null for nothing. */
  readonly leftOver: string | null;
  readonly steps: readonly RehearsedStep[];
}

export interface OpenRehearsal extends Pick<RehearsalView, 'id' | 'userName'> {
  readonly terms: RehearsalTerms;
  /** Another process began it, and ended. */
  readonly wasBegun: boolean;
}

interface Row extends Pick<RehearsalView, 'id' | 'connector' | 'status' | 'steps'> {
  readonly user_name: string;
  readonly asked_by: string;
  readonly asked_at: Date;
  readonly finished_at: Date | null;
  readonly left_over: string | null;
}

const columns = 'id, connector, user_name, status, asked_by, asked_at, finished_at, left_over, steps';

/** Rehearsals of connectors: asked for by people, carried out by the worker of the connector. They hold no personal data. */
@Injectable()
export class RehearsalRows {
  constructor(private readonly db: Database) {}

  /** One that is under way answers for a further one. */
  async ask(
    asked: Pick<RehearsalView, 'id' | 'connector' | 'userName' | 'askedBy' | 'askedAt'> & {
      readonly terms: RehearsalTerms;
    },
  ): Promise<RehearsalView> {
    await this.db.query(
      `insert into rehearsal (id, connector, user_name, terms, asked_by, asked_at, status)
       values ($1::uuid, $2, $3, $4::jsonb, $5, $6::timestamptz, 'running')
       on conflict (connector) where status = 'running' do nothing`,
      [asked.id, asked.connector, asked.userName, JSON.stringify(asked.terms), asked.askedBy, asked.askedAt],
    );
    const found =
      (await this.get(asked.connector, asked.id)) ??
      (await this.one(`connector = $1 and status = 'running'`, [asked.connector]));
    return found ?? (await this.ask(asked));
  }

  /** The one that is to be carried out; null for none. */
  async open(connector: string): Promise<OpenRehearsal | null> {
    const [row] = await this.db.query<{
      id: string;
      userName: string;
      terms: RehearsalTerms;
      wasBegun: boolean;
    }>(
      `select id, user_name as "userName", terms, begun_at is not null as "wasBegun" from rehearsal
       where connector = $1 and status = 'running'`,
      [connector],
    );
    return row ?? null;
  }

  /** Stored before the first call, so that what a crash leaves behind is looked for. */
  async begin(id: string, now: string): Promise<void> {
    await this.db.query(`update rehearsal set begun_at = $2::timestamptz where id = $1::uuid`, [id, now]);
  }

  async end(id: string, { steps, leftOver }: Pick<RehearsalView, 'steps' | 'leftOver'>, now: string): Promise<void> {
    const failed = leftOver !== null || steps.some(({ outcome }) => outcome === 'failed');
    await this.db.query(
      `update rehearsal set status = $2, steps = $3::jsonb, left_over = $4, finished_at = $5::timestamptz
       where id = $1::uuid and status = 'running'`,
      [id, failed ? 'failed' : 'completed', JSON.stringify(wholeRehearsal(steps)), leftOver, now],
    );
  }

  async get(connector: string, id: string): Promise<RehearsalView | null> {
    return await this.one(`connector = $1 and id = $2::uuid`, [connector, id]);
  }

  async page(connector: string, { limit, cursor }: Pick<PageQuery, 'limit' | 'cursor'>): Promise<Page<RehearsalView>> {
    const after = decodeCursor(cursor, ['instant', 'uuid']) ?? ['9999-01-01T00:00:00Z', firstUuid];
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from rehearsal where connector = $1 and (asked_at, id) < ($2::timestamptz, $3::uuid)
       order by asked_at desc, id desc limit $4`,
      [connector, ...after, limit + 1],
    );
    return pageOf<Row, RehearsalView>(rows, limit, ({ asked_at, id }) => [asked_at.toISOString(), id], viewOf);
  }

  private async one(condition: string, params: readonly unknown[]): Promise<RehearsalView | null> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from rehearsal where ${condition}`,
      params,
    );
    return row === undefined ? null : viewOf(row);
  }
}

function viewOf({ user_name, asked_by, asked_at, finished_at, left_over, ...row }: Row): RehearsalView {
  return {
    ...row,
    userName: user_name,
    askedBy: asked_by,
    askedAt: asked_at.toISOString(),
    finishedAt: finished_at?.toISOString() ?? null,
    leftOver: left_over,
  };
}
