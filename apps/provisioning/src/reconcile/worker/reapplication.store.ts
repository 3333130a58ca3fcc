import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { withoutDefaults } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { reapplySql } from '../../accounts/accounts.exports.js';
import { type ConnectorDocument, laterFields, reapplied } from '../../connectors/connectors.exports.js';

/** Identities made due by one statement: the time of a transaction does not grow with the application. */
const page = 500;

/** Options that the first fingerprints held without their names. Any other option is written with its name. */
const withoutNames: readonly string[] = [
  'mapping',
  'mappingDefaults',
  'groups',
  'deprovision',
  'onDisable',
  'rest',
] satisfies (keyof ConnectorDocument)[];

/**
 * Fingerprint of the parts of a document that decide how accounts should be; equal for documents with the same effect. A
 * version that brings a new field does not change it where nobody uses the field: otherwise every account would be looked
 * at again, and every parked one tried.
 */
export function termsOf(document: ConnectorDocument): string {
  const mapping = document.mapping.map((entry) => withoutDefaults(entry, laterFields.mappingEntry));
  const used: Readonly<Record<string, unknown>> = {
    ...withoutDefaults({ ...document, mapping }, laterFields.document),
  };
  const values = Object.entries(reapplied).flatMap(([option, isReapplied]) => {
    if (!isReapplied || !(option in used)) return [];
    const value = sorted(used[option]);
    return [withoutNames.includes(option) ? value : { [option]: value }];
  });
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url');
}

/** With its keys as the database orders them, so that a document from a row and one from its stream are the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]: [string, unknown]) => [name, sorted(part)]));
}

/**
 * A changed document, or another connector for an application, applies to all existing accounts: they are checked
 * again, page by page, after all other due work. Parked accounts are tried again.
 */
@Injectable()
export class Reapplication {
  constructor(private readonly db: Database) {}

  /** Makes the next page due. @returns true while there is more */
  async next(application: string, connector: string, terms: string, now: string): Promise<boolean> {
    const [row] = await this.db.query<{ after: string | null }>(
      `insert into applied_document as a (application, connector, terms, after) values ($1, $2, $3, $4::uuid)
       on conflict (application) do update set connector = excluded.connector, terms = excluded.terms,
         after = case when (a.connector, a.terms) = (excluded.connector, excluded.terms) then a.after else excluded.after end
       returning after`,
      [application, connector, terms, firstUuid],
    );
    if (row?.after === undefined || row.after === null) return false;
    const [moved] = await this.db.query<{ after: string | null }>(
      `with page as (
         select identity_id from desired where application = $1 and identity_id > $2::uuid order by identity_id limit $3
       ), due as (
         ${reapplySql}
       )
       update applied_document set after = (select identity_id from page order by identity_id desc limit 1)
       where application = $1 returning after`,
      [application, row.after, page, now],
    );
    return moved?.after !== undefined && moved.after !== null;
  }
}
