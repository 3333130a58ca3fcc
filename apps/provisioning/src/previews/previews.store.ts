import { Injectable } from '@nestjs/common';
import { actorId } from '#libs/auth/caller.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import type { Work } from '#libs/event-store/work.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { csvCell } from '#libs/text/csv-cell.js';
import { noCounts, type Outcome, type PreviewCounts } from './outcome.js';
import type { PreviewTerms } from './preview-terms.js';
import type { PreviewedPerson } from './previewed-person.js';
import type { Purpose } from './purpose.js';

export type PreviewStatus = 'running' | 'ready' | 'releasing' | 'released';

export interface PreviewView {
  readonly id: string;
  readonly connector: string;
  /** Version of the connector's document that it was made for. */
  readonly version: number;
  /** Which people it is for; null for everybody. */
  readonly filter: string | null;
  readonly identities: readonly string[] | null;
  readonly purpose: Purpose;
  readonly status: PreviewStatus;
  readonly madeBy: string;
  readonly madeAt: string;
  readonly readyAt: string | null;
  /** The last complete reading when it was made; null for none. */
  readonly reading: string | null;
  readonly counts: PreviewCounts;
  readonly releasedBy: string | null;
  readonly releasedAt: string | null;
  readonly reason: string | null;
  /** People who were released. */
  readonly done: number;
  /** People who changed meanwhile: nothing is done for them. */
  readonly leftOut: number;
  /** The preview of what was left out; null for none. */
  readonly next: string | null;
}

/** One person for whom enforcing does something. */
export interface PreviewItemView extends Outcome {
  readonly identity: string;
  readonly application: string;
  readonly account: string | null;
  readonly userName: string | null;
  readonly leftOut: boolean;
}

/** What a preview is made on. */
export interface PreviewTermsRow {
  readonly connector: string;
  readonly terms: PreviewTerms;
  readonly reading: string | null;
  readonly reason: string | null;
  readonly filter: string | null;
  readonly identities: readonly string[] | null;
  readonly purpose: Purpose;
  readonly status: PreviewStatus;
  readonly releasedBy: string | null;
}

interface Row {
  readonly id: string;
  readonly connector: string;
  readonly version: number;
  readonly filter: string | null;
  readonly identities: readonly string[] | null;
  readonly purpose: Purpose;
  readonly status: PreviewStatus;
  readonly made_by: string;
  readonly made_at: Date;
  readonly ready_at: Date | null;
  readonly reading: string | null;
  readonly counts: Partial<PreviewCounts>;
  readonly released_by: string | null;
  readonly released_at: Date | null;
  readonly reason: string | null;
  readonly done: number;
  readonly left_out: number;
  readonly next: string | null;
}

interface ItemRow {
  readonly identity_id: string;
  readonly application: string;
  readonly effect: string;
  readonly account_id: string | null;
  readonly user_name: string | null;
  readonly outcome: Outcome;
  readonly left_out: boolean;
}

const columns = `id, connector, version, filter, identities, purpose, status, made_by, made_at, ready_at, reading, counts, released_by, released_at, reason,
  done, left_out, next`;

const itemColumns: Readonly<Record<string, Column>> = {
  identity: { sql: 'identity_id', type: 'uuid' },
  effect: { sql: 'effect', type: 'text' },
  account: { sql: 'account_id', type: 'key' },
  userName: { sql: 'user_name', type: 'text' },
  leftOut: { sql: 'left_out', type: 'boolean' },
};
const previewColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'id', type: 'uuid' },
  status: { sql: 'status', type: 'text' },
  madeAt: { sql: 'made_at', type: 'timestamp' },
};

const filePage = 500;
const csvColumns = ['identity', 'userName', 'account', 'effect', 'change', 'before', 'after', 'leftOut'] as const;

/** One person of a preview, as it was found. */
export interface PreviewedState {
  readonly identityId: string;
  readonly accountId: string | null;
  readonly state: string;
  readonly effect: string;
}

/** A new preview. */
export interface NewPreview extends Pick<
  PreviewView,
  'id' | 'connector' | 'version' | 'filter' | 'identities' | 'purpose' | 'madeBy' | 'madeAt' | 'reading'
> {
  readonly terms: PreviewTerms;
}

/** Previews, with one row for each person for whom enforcing does something. */
@Injectable()
export class Previews {
  constructor(private readonly db: Database) {}

  start(work: Work, made: NewPreview): void {
    work.run(
      `insert into preview (id, connector, version, terms, filter, identities, status, made_by, made_at, reading, counts, purpose)
       values ($1::uuid, $2, $3::int, $4::jsonb, $5, $6::jsonb, 'running', $7, $8::timestamptz, $9::uuid, $10::jsonb, $11::jsonb)
       on conflict (id) do nothing`,
      [
        made.id,
        made.connector,
        made.version,
        JSON.stringify(made.terms),
        made.filter,
        made.identities === null ? null : JSON.stringify(made.identities),
        made.madeBy,
        made.madeAt,
        made.reading,
        JSON.stringify(noCounts),
        JSON.stringify(made.purpose),
      ],
    );
  }

  async terms(id: string): Promise<PreviewTermsRow | null> {
    const [row] = await this.db.query<PreviewTermsRow & Record<string, unknown>>(
      `select connector, terms, reading, reason, filter, identities, purpose, status, released_by as "releasedBy" from preview where id = $1::uuid`,
      [id],
    );
    return row ?? null;
  }

  /** @param readyAt null while there is more */
  add(
    work: Work,
    id: string,
    people: readonly PreviewedPerson[],
    { counts, readyAt }: { readonly counts: PreviewCounts; readonly readyAt: string | null },
  ): void {
    const rows = people.map(({ identityId, application, outcome, accountId, userName, state }) => ({
      identity_id: identityId,
      application,
      effect: outcome.effect,
      account_id: accountId,
      user_name: userName,
      outcome,
      state,
    }));
    work.run(
      `insert into preview_item (preview, identity_id, application, effect, account_id, user_name, outcome, state)
       select $1::uuid, x.* from jsonb_to_recordset($2::jsonb)
         as x(identity_id uuid, application text, effect text, account_id text, user_name text, outcome jsonb, state text)
       on conflict do nothing`,
      [id, JSON.stringify(rows)],
    );
    work.run(
      `update preview set counts = $2::jsonb, ready_at = $3::timestamptz, status = case when $3::timestamptz is null then status else 'ready' end
       where id = $1::uuid`,
      [id, JSON.stringify(counts), readyAt],
    );
  }

  async get(connector: string, id: string): Promise<PreviewView | null> {
    const [row] = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from preview where connector = $1 and id = $2::uuid`,
      [connector, id],
    );
    return row === undefined ? null : viewOf(row);
  }

  /** Was any preview of the connector made? */
  async any(connector: string): Promise<boolean> {
    return (await this.db.query(`select 1 as one from preview where connector = $1 limit 1`, [connector])).length > 0;
  }

  async page(connector: string, { limit, cursor, filter }: PageQuery): Promise<Page<PreviewView>> {
    const condition = listCondition(filter, previewColumns, 5);
    const after = decodeCursor(cursor, ['instant', 'uuid']) ?? ['9999-01-01T00:00:00Z', firstUuid];
    const rows = await this.db.query<Row & Record<string, unknown>>(
      `select ${columns} from preview where connector = $1 and (made_at, id) < ($2::timestamptz, $3::uuid) and (${condition.sql})
       order by made_at desc, id desc limit $4`,
      [connector, ...after, limit + 1, ...condition.params],
    );
    return pageOf<Row, PreviewView>(rows, limit, ({ made_at, id }) => [made_at.toISOString(), id], viewOf);
  }

  async items(id: string, { limit, cursor, filter }: PageQuery): Promise<Page<PreviewItemView>> {
    const [after = firstUuid] = decodeCursor(cursor, ['uuid']) ?? [];
    const rows = await this.itemRows(id, after, filter, limit + 1);
    return pageOf<ItemRow, PreviewItemView>(rows, limit, ({ identity_id }) => [identity_id], itemOf);
  }

  /** The whole list as lines of a file: one for each attribute, group and role. */
  async *lines(id: string, filter: string | undefined): AsyncGenerator<string> {
    listCondition(filter, itemColumns, 4);
    yield `${csvColumns.join(',')}\n`;
    let after = firstUuid;
    for (;;) {
      const rows = await this.itemRows(id, after, filter, filePage);
      const lines = rows.flatMap((row) => linesOf(itemOf(row)));
      if (lines.length > 0) yield lines.map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
      const last = rows.at(-1);
      if (last === undefined || rows.length < filePage) return;
      after = last.identity_id;
    }
  }

  /** States of people after a place, in order. */
  async states(id: string, after: string, limit: number): Promise<PreviewedState[]> {
    return await this.db.query<PreviewedState & Record<string, unknown>>(
      `select identity_id as "identityId", account_id as "accountId", state, effect from preview_item where preview = $1::uuid and identity_id > $2::uuid
       order by identity_id limit $3`,
      [id, after, limit],
    );
  }

  /** Those of these people whom a preview does not show. */
  async unseen(id: string, identities: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ identity: string }>(
      `select u.identity from unnest($2::uuid[]) as u(identity)
       where not exists (select from preview_item i where i.preview = $1::uuid and i.identity_id = u.identity)`,
      [id, identities],
    );
    return rows.map(({ identity }) => identity);
  }

  private async itemRows(id: string, after: string, filter: string | undefined, limit: number): Promise<ItemRow[]> {
    const condition = listCondition(filter, itemColumns, 4);
    return await this.db.query<ItemRow & Record<string, unknown>>(
      `select identity_id, application, effect, account_id, user_name, outcome, left_out from preview_item
       where preview = $1::uuid and identity_id > $2::uuid and (${condition.sql}) order by identity_id limit $3`,
      [id, after, limit, ...condition.params],
    );
  }
}

function viewOf({ made_by, made_at, ready_at, released_by, released_at, left_out, ...row }: Row): PreviewView {
  return {
    ...row,
    counts: { ...noCounts, ...row.counts },
    madeBy: made_by,
    madeAt: made_at.toISOString(),
    readyAt: ready_at?.toISOString() ?? null,
    releasedBy: released_by === null ? null : actorId(released_by),
    releasedAt: released_at?.toISOString() ?? null,
    leftOut: left_out,
  };
}

function itemOf({ identity_id, application, account_id, user_name, outcome, left_out }: ItemRow): PreviewItemView {
  const about = { identity: identity_id, application, account: account_id, userName: user_name };
  return { ...about, ...outcome, leftOut: left_out };
}

function linesOf(item: PreviewItemView): string[][] {
  const about = [item.identity, item.userName ?? '', item.account ?? '', item.effect];
  const text = (value: unknown): string =>
    value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const named = (what: string, one: object): string => `${what} ${Object.entries(one).flat().join(' ')}`;
  const parts = [
    ...item.changes.map(({ target, before, after }) => [target, text(before), text(after)]),
    ...(item.enables ? [['active', 'false', 'true']] : []),
    ...item.adds.map((one) => [named('add', one), '', '']),
    ...item.removes.map((one) => [named('remove', one), '', '']),
  ];
  const rows = parts.length === 0 ? [[item.detail ?? '', '', '']] : parts;
  return rows.map((row) => [...about, ...row, String(item.leftOut)]);
}
