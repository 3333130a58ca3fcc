import { Injectable } from '@nestjs/common';
import type { Caller } from '#libs/auth/caller.js';
import type { EntitlementFields } from '#libs/contracts/entitlement.js';
import { Database } from '#libs/event-store/database.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { decodeCursor, pageOf, type Page, type PageQuery } from '#libs/service-kit/input/page.js';
import { Clock } from '#libs/system/clock.js';
import { type Coverage, Coverages } from '../coverages/coverages.exports.js';
import { NotOwner } from './connector.errors.js';
import { authKey } from './accepted-secrets.store.js';
import { type CredentialsView, credentialsView } from './credentials-expiry.js';
import { shownAuth, type ShownAuth } from './shown-secrets.js';
import { filledConnector, type ConnectorDocument } from './connector-document.js';
import { Connectors } from './connectors.stream.js';

export interface ConnectorRow {
  readonly id: string;
  readonly version: number;
  readonly status: 'running' | 'paused';
  readonly document: ConnectorDocument;
  /** Only people of released previews are worked on. */
  readonly pilot: boolean;
  /** The attributes of people that governance was told it reads; null before the first time. */
  readonly sources: readonly string[] | null;
  /** Nobody holds these but who should. */
  readonly authoritative: readonly EntitlementFields[];
}

/** A connector as it is shown: its document without secrets, and how its worker is. */
export interface ConnectorView extends Omit<ConnectorDocument, 'auth' | 'baseUrl'> {
  readonly id: string;
  readonly version: number;
  readonly status: 'running' | 'paused';
  /** It enforces only for the people of released previews. */
  readonly pilot: boolean;
  /** Nobody holds these but who should; of all others the hub takes only what it gave. */
  readonly authoritative: readonly EntitlementFields[];
  /** `unknown` until a worker has looked; then for example `working`, `throttled`, `auth-failed`, `unreachable`. */
  readonly health: { readonly state: string; readonly detail: string; readonly since: string | null };
  readonly applications: readonly string[];
  /** Has an account that the hub knows been found since address or credentials changed, or did a person confirm the place? */
  readonly place: 'proven' | 'confirmed' | 'unproven';
  /** What is known of the application by reading it. */
  readonly coverage: Coverage;
  readonly auth: ShownAuth;
  /** Null: nobody is called. */
  readonly baseUrl: string | null;
  readonly credentials: CredentialsView;
}

/** A connector that was just defined. */
export interface DefinedConnectorView extends ConnectorView {
  /** Counts the people whom the change affects; null where it affects no account. */
  readonly job: string | null;
}

interface ShownRow extends StoredConnector {
  readonly state: string | null;
  readonly detail: string | null;
  readonly since: Date | null;
  readonly applications: readonly string[];
  readonly place: ConnectorView['place'] | null;
  /** Which secret was accepted last, and of which `auth`. */
  readonly accepted: 'current' | 'former' | null;
  readonly acceptedOf: string | null;
}

const shown = `select c.id, c.version, c.fold, c.status, c.document, c.pilot, c.sources, c.authoritative, h.state, h.detail, h.since,
  s.accepted, s.auth as "acceptedOf",
  case when l.confirmed then 'confirmed' when l.proven then 'proven' end as place,
  array(select a.id from application a where a.connector_id = c.id order by a.id) as applications
  from connector c left join connector_health h on h.connector = c.id
    left join connector_secret s on s.connector = c.id
    left join connector_place l on l.connector = c.id and l.current`;

const filterColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'c.id', type: 'key' },
  displayName: { sql: `(c.document->>'displayName')`, type: 'text' },
  mode: { sql: `(c.document->>'mode')`, type: 'text' },
  protocol: { sql: `(c.document->>'protocol')`, type: 'text' },
  status: { sql: 'c.status', type: 'text' },
};

/** Connector documents as rows. */
@Injectable()
export class ConnectorRows {
  constructor(
    private readonly db: Database,
    private readonly connectors: Connectors,
    private readonly coverages: Coverages,
    private readonly clock: Clock,
  ) {}

  async all(): Promise<ConnectorRow[]> {
    return await this.current(
      await this.db.query<StoredConnector & Record<string, unknown>>(
        `select id, version, fold, status, document, pilot, sources, authoritative from connector order by id`,
      ),
    );
  }

  async applicationsOf(connector: string): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(`select id from application where connector_id = $1 order by id`, [
      connector,
    ]);
    return rows.map(({ id }) => id);
  }

  /** Does the caller own an application behind the connector, or administer connectors? */
  async mayManage(connector: string, { identity, roles }: Caller): Promise<boolean> {
    if (roles.includes('connector-admin')) return true;
    return identity !== null && (await this.ownersOf(connector)).includes(identity);
  }

  /** @param what of the application only such a caller does, for the refusal @throws NotOwner, also where there is no such connector */
  async requireManager(connector: string, caller: Caller, what: string): Promise<void> {
    if (await this.mayManage(connector, caller)) return;
    throw new NotOwner(`only an owner of the application, or a connector-admin, ${what}`, { connector });
  }

  /** Identities who own any application behind the connector. */
  async ownersOf(connector: string): Promise<string[]> {
    const rows = await this.db.query<{ owner: string }>(
      `select distinct unnest(owners)::text as owner from application where connector_id = $1`,
      [connector],
    );
    return rows.map(({ owner }) => owner);
  }

  async view(id: string): Promise<ConnectorView | null> {
    const rows = await this.current(
      await this.db.query<ShownRow & Record<string, unknown>>(`${shown} where c.id = $1`, [id]),
    );
    const [view = null] = await this.views(rows);
    return view;
  }

  async page({ limit, cursor, filter }: PageQuery): Promise<Page<ConnectorView>> {
    const condition = listCondition(filter, filterColumns, 3);
    const [after = ''] = decodeCursor(cursor, ['text']) ?? [];
    const rows = await this.current(
      await this.db.query<ShownRow & Record<string, unknown>>(
        `${shown} where c.id > $1 and (${condition.sql}) order by c.id limit $2`,
        [after, limit + 1, ...condition.params],
      ),
    );
    return pageOf(
      await this.views(rows),
      limit,
      ({ id }) => [id],
      (view) => view,
    );
  }

  private async views(rows: readonly (ShownRow & ConnectorRow)[]): Promise<ConnectorView[]> {
    const coverages = await this.coverages.of(rows);
    const now = this.clock.now();
    return rows.flatMap((row) => {
      const coverage = coverages.get(row.id);
      return coverage === undefined ? [] : [viewOf(row, coverage, now)];
    });
  }

  /** Rows with the document of today's fold, and every default filled in. */
  private async current<Row extends StoredConnector>(rows: readonly Row[]): Promise<(Row & ConnectorRow)[]> {
    const stored = rows.map(({ id, version, fold, status, document, pilot, sources, authoritative }) => ({
      id,
      version,
      fold,
      state: { status, document, pilot, sources, authoritative },
    }));
    const loaded = await this.connectors.loadRows(stored);
    return rows.flatMap((row, index) => {
      const state = loaded[index]?.state;
      if (state === undefined || state.document === null) return [];
      return [{ ...row, ...state, document: filledConnector(state.document) }];
    });
  }
}

/** A row of table `connector`, as it was read. */
interface StoredConnector {
  readonly id: string;
  readonly version: number;
  readonly fold: number;
  readonly status: 'running' | 'paused';
  readonly document: unknown;
  readonly pilot: boolean;
  readonly sources: readonly string[] | null;
  readonly authoritative: readonly EntitlementFields[];
}

function viewOf(
  {
    id,
    version,
    status,
    pilot,
    authoritative,
    document,
    state,
    detail,
    since,
    applications,
    place,
    ...row
  }: ShownRow & ConnectorRow,
  coverage: Coverage,
  now: string,
): ConnectorView {
  const accepted = row.acceptedOf === authKey(document.auth) ? row.accepted : null;
  const health = { state: state ?? 'unknown', detail: detail ?? '', since: since?.toISOString() ?? null };
  return {
    id,
    version,
    status,
    pilot,
    authoritative,
    health,
    applications,
    place: place ?? 'unproven',
    coverage,
    ...document,
    baseUrl: document.baseUrl === '' ? null : document.baseUrl,
    auth: shownAuth(document.auth),
    credentials: credentialsView(document.auth.expiresAt ?? null, accepted ?? 'unknown', now),
  };
}
