import { Injectable } from '@nestjs/common';
import { readingEnded } from '#libs/contracts/readings.js';
import { Database } from '#libs/event-store/database.js';
import { leafColumns, type LeafRow, type ReadLeaf, readLeaf } from '../log/log.exports.js';
import type { Period } from './period.js';
import type { CompleteReading } from './observed.js';
import { observedConnectors, periodsOf, readingOf, typesOf, type Basis } from './steps.js';

/** One identity in one application. */
export interface Holder {
  readonly application: string;
  readonly identity: string;
}

export interface HolderFilter {
  readonly application: string | null;
  readonly identity: string | null;
}

/**
 * The access timeline, computed from the log for each question. There is no table that could differ from the log.
 */
@Injectable()
export class Timelines {
  constructor(private readonly db: Database) {}

  /** Pairs of identity and application with possible access, in their order, from the first one after `after`. */
  async holders({ application, identity }: HolderFilter, after: Holder | null, limit: number): Promise<Holder[]> {
    const params: (string | number)[] = [limit];
    const terms: string[] = ['true'];
    const param = (value: string): string => `$${params.push(value)}`;
    if (application !== null) terms.push(`application = ${param(application)}`);
    if (identity !== null) terms.push(`identity = ${param(identity)}::uuid`);
    if (after !== null)
      terms.push(`(application, identity) > (${param(after.application)}, ${param(after.identity)}::uuid)`);
    return await this.db.query<Holder & Record<string, unknown>>(
      `select application, identity from holder where ${terms.join(' and ')} order by application, identity limit $1`,
      params,
    );
  }

  /** The periods of each holder, as the log knew them at `knownAt`; in the order of `holders`. One statement; for observed access another one for the readings. */
  async periods(
    basis: Basis,
    holders: readonly Holder[],
    knownAt: string,
  ): Promise<{ holder: Holder; periods: Period[] }[]> {
    if (holders.length === 0) return [];
    const rows = await this.db.query<LeafRow & Holder>(
      `select ${leafColumns}, l.application from unnest($1::text[], $2::uuid[]) as h(application, identity)
       join leaf l on l.identity = h.identity and l.application = h.application
       where l.type = any($3::text[]) and l.recorded_at <= $4::timestamptz`,
      [holders.map(({ application }) => application), holders.map(({ identity }) => identity), typesOf[basis], knownAt],
    );
    const byHolder = new Map([...Map.groupBy(rows, nameOf)].map(([name, own]) => [name, own.map(readLeaf)]));
    const readings = basis === 'observed' ? await this.readings([...byHolder.values()].flat(), knownAt) : [];
    return holders.map((holder) => ({
      holder,
      periods: periodsOf(basis, byHolder.get(nameOf(holder)) ?? [], readings),
    }));
  }

  /** Complete readings of the connectors that these entries tell of. */
  private async readings(leaves: readonly ReadLeaf[], knownAt: string): Promise<CompleteReading[]> {
    const rows = await this.db.query<LeafRow & Record<string, unknown>>(
      `select ${leafColumns} from leaf l where l.subject = any($1::text[]) and l.type = $2 and l.recorded_at <= $3::timestamptz`,
      [observedConnectors(leaves), readingEnded, knownAt],
    );
    return rows.map(readLeaf).flatMap(readingOf);
  }
}

const nameOf = ({ application, identity }: Holder): string => `${application} ${identity}`;
