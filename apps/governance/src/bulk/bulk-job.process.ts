import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '#libs/event-store/core.js';
import { actorId } from '#libs/auth/caller.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import { RequestProblem } from '#libs/problems/problem.js';
import { Timers } from '#libs/service-kit/timers/timers.js';
import { Clock } from '#libs/system/clock.js';
import { holds, type Changes } from '../assignments/assignments.exports.js';
import { ownsPackage, People, type PersonBatch, Recomputation } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import { changesOf } from './bulk-change.js';
import { BulkChanges, type BulkChange, type StoredRow } from './bulk-changes.store.js';

const kind = 'bulk-change';
/** Rows decided in one work, at most. */
const pageSize = 100;

type DecidedRow = Pick<StoredRow, 'line' | 'result' | 'code' | 'detail'>;

/** Decides the rows of bulk changes, page by page: first as a preview that does nothing, then, once its author says so, in earnest. */
@Injectable()
export class BulkJob implements OnModuleInit {
  constructor(
    private readonly timers: Timers,
    private readonly changes: BulkChanges,
    private readonly people: People,
    private readonly recomputation: Recomputation,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.timers.handle(kind, async (due, work) => {
      // One at a time: two of them may concern the same person.
      const [first, ...others] = due;
      for (const { key } of others) this.next(work, key);
      if (first !== undefined) await this.page(first.key, work);
    });
  }

  next(work: Work, id: string): void {
    this.timers.at(work, { kind, key: id, dueAt: this.clock.now(), payload: {} });
  }

  private async page(id: string, work: Work): Promise<void> {
    const change = await this.changes.find(id);
    if (change?.status !== 'preview' && change?.status !== 'running') return;
    const at = this.clock.now();
    const preview = change.status === 'preview';
    const rows = await this.changes.next(id, preview ? 'unknown' : 'would-change', pageSize);
    if (rows.length === 0) {
      this.changes.move(work, id, change.status, preview ? 'ready' : 'completed', at);
      return;
    }
    const giver = actorOf(change);
    const ids = rows.flatMap(({ identityId }) => identityId ?? []);
    const { catalog, batch } = await this.people.today({ ids: [...ids, ...(giver === null ? [] : [giver])] });
    const decide = (row: StoredRow): DecidedRow =>
      this.row(change, row, { catalog, batch, at, work: preview ? null : work });
    this.changes.record(work, id, rows.map(decide));
    if (!preview) this.people.guard(work, catalog);
    this.next(work, id);
  }

  private row(change: BulkChange, row: StoredRow, { catalog, batch, at, work }: Around): DecidedRow {
    const { line, identityId, packageId, endsAt } = row;
    if (identityId === null || packageId === null) return { ...row, result: 'refused' };
    const person = batch.get(identityId);
    const giverId = actorOf(change);
    const owns = giverId !== null && ownsPackage(batch.get(giverId), packageId, catalog);
    const { administers } = change;
    const giver = {
      actor: actorId(change.actor),
      own: giverId === identityId,
      at,
      administers,
      mayAssign: administers || owns,
    };
    let asked: Changes;
    try {
      asked = changesOf(change, { packageId, endsAt }, { person, catalog, giver, newId: uuidv7 });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return { line, result: 'refused', ...refusal };
    }
    if (work === null) return { line, result: 'would-change', code: null, detail: null };
    const causation = { actor: change.actor, correlationId: change.id, causationId: null, bulk: true };
    this.people.decide(work, person);
    const after = this.recomputation.stage(work, person, { catalog, causation, at, asked }).person;
    batch.put(after);
    if (change.action === 'assign' && !holds(packageId, after.access.state))
      return { line, result: 'refused', code: 'assignment.not_eligible', detail: 'today’s rules do not give it' };
    return { line, result: 'changed', code: null, detail: null };
  }
}

interface Around {
  readonly catalog: CatalogSnapshot;
  readonly batch: PersonBatch;
  readonly at: string;
  /** Null for a preview. */
  readonly work: Work | null;
}

/** The identity of who made it; null for a subject without one. */
const actorOf = ({ actor }: BulkChange): string | null => (actor.startsWith('identity/') ? actorId(actor) : null);

/** Why a row is refused; null for what is no refusal. */
function refusalOf(error: unknown): { readonly code: string; readonly detail: string } | null {
  if (error instanceof DomainError) return { code: error.code, detail: error.message };
  return error instanceof RequestProblem ? { code: error.code, detail: error.message } : null;
}
