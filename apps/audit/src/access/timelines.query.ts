import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { leafColumns, type LeafRow, readLeaf } from '../log/log.exports.js';
import type { Period } from './period.js';
import { periodsOf, typesOf, type Basis } from './steps.js';

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

  /** The periods of each holder, as the log knew them at `knownAt`; in the order of `holders`. One statement. */
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
    const byHolder = Map.groupBy(rows, nameOf);
    return holders.map((holder) => ({
      holder,
      periods: periodsOf(basis, (byHolder.get(nameOf(holder)) ?? []).map(readLeaf)),
    }));
  }
}

const nameOf = ({ application, identity }: Holder): string => `${application} ${identity}`;
