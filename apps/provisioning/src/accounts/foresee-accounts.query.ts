import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { type DesiredRow, newestDesired } from './desired-row.js';
import { AccountRules, type AccountTerms } from './goal.js';
import { managerAccountSql } from './managers.store.js';
import { impactOf, type Impact } from './impact.js';
import { sourceValue } from './mapping-sources.js';

/** People looked at by one query: evaluating them takes less than 100 ms. */
const pageSize = 500;

/** What a change does to one person; null where it does nothing. */
export interface Foreseen {
  readonly identity: string;
  readonly application: string;
  readonly userName: string | null;
  /** The person has an account by the terms before. */
  readonly had: boolean;
  readonly impact: Impact | null;
  /** Attributes of the person that the terms after read, and that are not known here yet. */
  readonly missing: readonly string[];
}

/** Where a page ends, for the next one. */
export interface Place {
  readonly identity: string;
  readonly application: string;
}

interface Row extends DesiredRow {
  readonly application: string;
  readonly identity_id: string;
}

/** Tells what other terms would do to the accounts of a connector, from the newest desired access. Writes nothing. */
@Injectable()
export class ForeseeAccounts {
  constructor(private readonly db: Database) {}

  /** The people after a place, in order. @param before null where there was no document; `next` is null at the end */
  async page(
    connector: string,
    { before, after }: { readonly before: AccountTerms | null; readonly after: AccountTerms },
    from: Place | null,
  ): Promise<{ readonly people: Foreseen[]; readonly next: Place | null }> {
    const place = from ?? { identity: firstUuid, application: '' };
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select d.application, d.identity_id, d.epoch, d.sequence, d.message_id, d.body, ${managerAccountSql('$1')} as manager_account
       from desired d join application p on p.id = d.application
       where p.connector_id = $1 and (d.identity_id, d.application) > ($2::uuid, $3::text)
       order by d.identity_id, d.application limit $4`,
      [connector, place.identity, place.application, pageSize],
    );
    const rules = { before: before === null ? null : new AccountRules(before), after: new AccountRules(after) };
    const last = rows.length < pageSize ? undefined : rows.at(-1);
    return {
      people: rows.map((row) => foreseenOf(row, rules)),
      next: last === undefined ? null : { identity: last.identity_id, application: last.application },
    };
  }
}

function foreseenOf(
  row: Row,
  { before, after }: { readonly before: AccountRules | null; readonly after: AccountRules },
): Foreseen {
  const { application, identity_id: identity, body } = row;
  const desired = newestDesired(identity, row);
  const former = before?.goal(desired) ?? null;
  const goal = after.goal(desired);
  const name = sourceValue(body.accounts[0]?.attributes ?? {}, 'userName');
  return {
    identity,
    application,
    userName: typeof name === 'string' ? name : null,
    had: former?.active === true,
    impact: impactOf(former, goal),
    missing: goal.awaited?.sources ?? [],
  };
}
