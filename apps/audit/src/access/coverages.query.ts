import { Injectable } from '@nestjs/common';
import { applicationDefined } from '#libs/contracts/catalog.js';
import { readingEnded } from '#libs/contracts/readings.js';
import { Database } from '#libs/event-store/database.js';

/** How far an application had been read at an instant. Instants are beginnings of readings: what changed later was not shown. */
export interface Coverage {
  /** The last complete reading of all accounts; null: it was never read. */
  readonly lastReadAt: string | null;
  /** The last one that also showed who holds all groups and roles. */
  readonly holdingsReadAt: string | null;
}

const neverRead: Coverage = { lastReadAt: null, holdingsReadAt: null };

/** Tells how far applications had been read, so that nobody takes what was not looked at for what is not there. */
@Injectable()
export class Coverages {
  constructor(private readonly db: Database) {}

  /** @param at when the readings were over, at the latest @param knownAt as the log knew it then */
  async of(applications: readonly string[], at: string, knownAt: string): Promise<(application: string) => Coverage> {
    const last = (more: string): string =>
      `(select r.leaf_data::jsonb #>> '{data,startedAt}' from leaf r where r.subject = s.connector and r.type = $3
         and r.occurred_at <= $4::timestamptz and r.recorded_at <= $5::timestamptz
         and r.leaf_data::jsonb #>> '{data,status}' = 'completed' ${more} order by r.index desc limit 1)`;
    const rows = await this.db.query<Coverage & { readonly application: string } & Record<string, unknown>>(
      `with served as (
         select distinct on (l.subject) l.subject as application, l.leaf_data::jsonb #>> '{data,connectorId}' as connector
         from leaf l where l.subject = any($1::text[]) and l.type = $2 and l.recorded_at <= $5::timestamptz
         order by l.subject, l.index desc)
       select s.application, ${last('')} as "lastReadAt",
         ${last(`and r.leaf_data::jsonb #>> '{data,holdingsComplete}' = 'true'`)} as "holdingsReadAt" from served s`,
      [[...new Set(applications)], applicationDefined, readingEnded, at, knownAt],
    );
    const known = new Map(
      rows.map(({ application, lastReadAt, holdingsReadAt }) => [application, { lastReadAt, holdingsReadAt }]),
    );
    return (application) => known.get(application) ?? neverRead;
  }
}
