import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { KeptQuarantine } from './quarantine.js';

interface Row extends Record<string, unknown> {
  readonly since: Date;
  readonly failed: number;
  readonly objects: number;
  readonly probes: number;
  readonly next_probe_at: Date;
}

/** Which connectors are quarantined. One counts for the version of the connector in which it began: a new one begins without. */
@Injectable()
export class QuarantineRows {
  constructor(private readonly db: Database) {}

  async of(connector: string, version: number): Promise<KeptQuarantine | null> {
    const [row] = await this.db.query<Row>(
      `select since, failed, objects, probes, next_probe_at from connector_quarantine where connector = $1 and version = $2::int`,
      [connector, version],
    );
    if (row === undefined) return null;
    const { since, failed, objects, probes, next_probe_at: next } = row;
    return { sinceMs: since.getTime(), failed, objects, probes, nextProbeMs: next.getTime() };
  }

  /** @param kept null when it is over */
  async keep(connector: string, version: number, kept: KeptQuarantine | null): Promise<void> {
    if (kept === null) {
      await this.db.query(`delete from connector_quarantine where connector = $1`, [connector]);
      return;
    }
    const { sinceMs, failed, objects, probes, nextProbeMs } = kept;
    const [since, next] = [new Date(sinceMs).toISOString(), new Date(nextProbeMs).toISOString()];
    await this.db.query(
      `insert into connector_quarantine (connector, version, since, failed, objects, probes, next_probe_at)
       values ($1, $2::int, $3::timestamptz, $4::int, $5::int, $6::int, $7::timestamptz)
       on conflict (connector) do update set version = excluded.version, since = excluded.since, failed = excluded.failed,
         objects = excluded.objects, probes = excluded.probes, next_probe_at = excluded.next_probe_at`,
      [connector, version, since, failed, objects, probes, next],
    );
  }
}
