import { Injectable } from '@nestjs/common';
import { currentRows } from '#libs/event-store/current-rows.js';
import { Database } from '#libs/event-store/database.js';
import { discovered, type Discovered } from './entitlement.js';
import type { DiscoveredKind } from './entitlement.events.js';
import { Entitlements } from './entitlements.stream.js';

/** `incomplete`: the application did not show everything, so that nothing counts as gone. */
export type DiscoveryOutcome = 'complete' | 'incomplete' | 'failed';

/** How one kind was read last. */
export interface DiscoveryRun {
  readonly kind: DiscoveredKind;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Null while no reading ended. */
  readonly outcome: DiscoveryOutcome | null;
  /** Why it failed. */
  readonly detail: string | null;
  readonly found: number;
  readonly nextAt: string;
}

interface RunRow extends Omit<DiscoveryRun, 'startedAt' | 'finishedAt' | 'nextAt'> {
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly next_at: Date;
}

interface KnownRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly gone: boolean;
  readonly fold: number;
}

/** When which kind of entitlements of an application is read, and how it went. */
@Injectable()
export class DiscoveryRuns {
  constructor(
    private readonly db: Database,
    private readonly entitlements: Entitlements,
  ) {}

  /** When kinds are to be read that never were. */
  async plan(connector: string, kinds: readonly DiscoveredKind[], at: string): Promise<void> {
    await this.db.query(
      `insert into discovery_run (connector, kind, next_at) select $1, unnest($2::text[]), $3::timestamptz
       on conflict (connector, kind) do nothing`,
      [connector, kinds, at],
    );
  }

  /** Kinds that are to be read now. */
  async due(connector: string, kinds: readonly DiscoveredKind[], now: string): Promise<DiscoveredKind[]> {
    const rows = await this.db.query<{ kind: DiscoveredKind }>(
      `select kind from discovery_run where connector = $1 and kind = any($2::text[]) and next_at <= $3::timestamptz`,
      [connector, kinds, now],
    );
    return rows.map(({ kind }) => kind);
  }

  async begin(connector: string, kind: DiscoveredKind, now: string): Promise<void> {
    await this.db.query(`update discovery_run set started_at = $3::timestamptz where connector = $1 and kind = $2`, [
      connector,
      kind,
      now,
    ]);
  }

  /** Somebody who asked for a reading since this one began gets another one. */
  async end(
    connector: string,
    { kind, startedAt, finishedAt, outcome, detail, found, nextAt }: DiscoveryRun,
  ): Promise<void> {
    await this.db.query(
      `update discovery_run set finished_at = $4::timestamptz, outcome = $5, detail = $6, found = $7::int,
         next_at = case when next_at > $3::timestamptz then next_at else $8::timestamptz end
       where connector = $1 and kind = $2`,
      [connector, kind, startedAt, finishedAt, outcome, detail, found, nextAt],
    );
  }

  /** Has every kind read soon that the application grants, as far as it was read before. */
  async ask(connector: string, kinds: readonly DiscoveredKind[], now: string): Promise<void> {
    await this.db.query(
      `insert into discovery_run (connector, kind, next_at) select $1, unnest($2::text[]), $3::timestamptz
       on conflict (connector, kind) do update set next_at = excluded.next_at`,
      [connector, kinds, now],
    );
  }

  async all(connector: string): Promise<DiscoveryRun[]> {
    const rows = await this.db.query<RunRow & Record<string, unknown>>(
      `select kind, next_at, started_at, finished_at, outcome, detail, found from discovery_run where connector = $1 order by kind`,
      [connector],
    );
    return rows.map(({ kind, next_at, started_at, finished_at, outcome, detail, found }) => ({
      kind,
      startedAt: started_at?.toISOString() ?? null,
      finishedAt: finished_at?.toISOString() ?? null,
      outcome,
      detail,
      found,
      nextAt: next_at.toISOString(),
    }));
  }

  /** What is known of these; of one that is not known, nothing. */
  async known(connector: string, kind: DiscoveredKind, ids: readonly string[]): Promise<Map<string, Discovered>> {
    const find = (): Promise<KnownRow[]> =>
      this.db.query<KnownRow>(
        `select id, name, description, gone, fold from discovered_entitlement where connector = $1 and kind = $2 and id = any($3::text[])`,
        [connector, kind, ids],
      );
    const rows = await currentRows(find, {
      streams: this.entitlements,
      shownBy: ({ id, fold }) => [{ id: Entitlements.idOf(connector, kind, id), fold }],
    });
    const found = new Map(rows.map(({ id, name, description, gone }) => [id, { name, description, gone }]));
    return new Map(ids.map((id) => [id, { ...discovered.initial, shown: found.get(id) ?? null }]));
  }

  /** Ids that were there at the last reading, page by page. */
  async present(connector: string, kind: DiscoveredKind, after: string, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `select id from discovered_entitlement where connector = $1 and kind = $2 and not gone and id > $3 order by id limit $4`,
      [connector, kind, after, limit],
    );
    return rows.map(({ id }) => id);
  }
}
