import { Injectable } from '@nestjs/common';
import { actorId } from '#libs/auth/caller.js';
import type { Causation } from '#libs/event-store/core.js';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { Work } from '#libs/event-store/work.js';
import { Clock } from '#libs/system/clock.js';
import { BrakeSettings } from '../brake/brake.exports.js';
import type { StatedFields } from '../workers/workers.exports.js';
import type { HoldCancelled, HoldKind, HoldMade, HoldReason } from './hold.events.js';

/** What a held row states, and about whom. It is stored encrypted. */
export interface HeldStatement {
  readonly employeeId: string;
  readonly displayName: string;
  /** Null for a person who is missing in a full feed: there is no row. */
  readonly fields: StatedFields | null;
  readonly absent: 'cleared' | 'kept';
  /** Why it is held, as text. */
  readonly detail: string;
}

const isHeldStatement = hasShape<HeldStatement>({
  employeeId: 'text',
  displayName: 'text',
  fields: 'object or null',
  absent: ['cleared', 'kept'],
  detail: 'text',
});

/** One row to hold. */
export interface NewHold {
  readonly import: string | null;
  readonly line: number | null;
  readonly worker: string | null;
  /** The version of the worker, if the row must not be applied after a later statement. */
  readonly version: number | null;
  readonly kind: HoldKind;
  readonly source: string;
  /** The instant from which the person must have no access. The deadline is not before it. */
  readonly from: string | null;
  readonly statement: HeldStatement;
}

export interface Hold extends Omit<NewHold, 'from'> {
  readonly id: string;
  readonly status: 'held' | 'passed' | 'released' | 'cancelled';
  readonly deadline: string;
}

type Row = Omit<Hold, 'statement' | 'deadline'> & { readonly sealed: string; readonly deadline: Date };

/** Statements of HR that wait for a person, row by row. */
@Injectable()
export class HoldStore {
  constructor(
    private readonly db: Database,
    private readonly masterKey: MasterKey,
    private readonly clock: Clock,
    private readonly settings: BrakeSettings,
  ) {}

  /** Stages held rows. A single statement replaces one of the same worker that is already held. Returns their ids. */
  add(work: Work, holds: readonly NewHold[]): string[] {
    if (holds.length === 0) return [];
    const rows = holds.map(({ statement, from, ...hold }) => {
      const id = uuidv7();
      return { id, ...hold, sealed: this.seal(id, statement), deadline: this.deadlineOf(from) };
    });
    work.run(
      `insert into hold (id, import, line, worker, version, kind, source, sealed, status, held_at, deadline)
       select x.id, x.import, x.line, x.worker, x.version, x.kind, x.source, x.sealed, 'held', $2::timestamptz, x.deadline
       from jsonb_to_recordset($1::jsonb) as x(id uuid, import uuid, line int, worker uuid, version int, kind text,
         source text, sealed text, deadline timestamptz)
       on conflict (worker, kind) where status = 'held' and import is null do update set id = excluded.id,
         version = excluded.version, source = excluded.source, sealed = excluded.sealed`,
      [JSON.stringify(rows), this.clock.now()],
    );
    return rows.map(({ id }) => id);
  }

  async find(id: string): Promise<Hold | null> {
    const [row] = await this.db.query<Row>(
      `select id, import, line, worker, version, kind, source, sealed, status, deadline from hold where id = $1`,
      [id],
    );
    return row === undefined ? null : this.opened(row);
  }

  /** What is held of an import. */
  async ofImport(importId: string): Promise<Hold[]> {
    const rows = await this.db.query<Row>(
      `select id, import, line, worker, version, kind, source, sealed, status, deadline from hold
       where import = $1 and status = 'held' order by line, id`,
      [importId],
    );
    return rows.map((row) => this.opened(row));
  }

  /** The statement about a worker that the brake holds, unless the whole import is held. */
  async brakedOf(worker: string): Promise<Hold[]> {
    const rows = await this.db.query<Row>(
      `select h.id, h.import, h.line, h.worker, h.version, h.kind, h.source, h.sealed, h.status, h.deadline
       from hold h left join import i on i.id = h.import
       where h.worker = $1 and h.status = 'held' and h.kind in ('leaving', 'losing-access')
         and i.status is distinct from 'held' order by h.id`,
      [worker],
    );
    return rows.map((row) => this.opened(row));
  }

  /** The lines of an import that must be left out. */
  async leftOut(importId: string, lines: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await this.db.query<{ line: number }>(
      `select line from hold where import = $1 and line = any($2::int[]) and status <> 'passed'`,
      [importId, lines],
    );
    return new Set(rows.map(({ line }) => line));
  }

  /** Stages the decision about held rows. The work fails with a conflict if one of them is held no more. */
  decide(work: Work, ids: readonly string[], status: 'passed' | 'released' | 'cancelled', by: string): void {
    if (ids.length === 0) return;
    work.expect(
      `update hold set status = $2, decided_by = $3, decided_at = $4::timestamptz where id = any($1::uuid[]) and status = 'held'`,
      [ids, status, by, this.clock.now()],
      ids.length,
      'what is held, undecided',
    );
  }

  /** Stages that these rows are refused because HR has stated their worker again since then. */
  supersede(work: Work, holds: readonly Hold[], cause: Causation): void {
    const decidedBy = actorId(cause.actor);
    this.decide(
      work,
      holds.map(({ id }) => id),
      'cancelled',
      cause.actor,
    );
    for (const { id, kind } of holds) {
      const fact: HoldCancelled = {
        type: 'HoldCancelled',
        v: 1,
        data: { hold: id, of: 'row', reasons: [kind], people: 1, remaining: 0, decidedBy },
        personal: { reason: { subject: decidedBy, fields: { reason: 'HR has stated this person otherwise since' } } },
      };
      work.append(`hold-${uuidv7()}`, 0, [fact], cause);
    }
  }

  /** What a row states, by its id. */
  open(id: string, sealed: string): HeldStatement {
    return parsed(
      `the statement of hold ${id}`,
      isHeldStatement,
      JSON.parse(this.masterKey.open(sealed, contextOf(id))),
    );
  }

  private seal(id: string, statement: HeldStatement): string {
    return this.masterKey.seal(JSON.stringify(statement), contextOf(id));
  }

  private opened({ sealed, deadline, ...row }: Row): Hold {
    return { ...row, deadline: deadline.toISOString(), statement: this.open(row.id, sealed) };
  }

  private deadlineOf(from: string | null): string {
    const start = Math.max(Date.parse(this.clock.now()), from === null ? 0 : Date.parse(from));
    return new Date(start + this.settings.deadlineHours * hourMs).toISOString();
  }
}

/** That these people are held. @param hold UUID of the import, or of the row */
export const madeFact = (
  hold: string,
  of: 'import' | 'row',
  reasons: readonly (HoldReason | HoldKind)[],
  people: number,
): HoldMade => ({ type: 'HoldMade', v: 1, data: { hold, of, reasons, people } });

const hourMs = 3_600_000;
const contextOf = (id: string): string => `hold/${id}`;
