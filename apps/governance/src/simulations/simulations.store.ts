import { Injectable } from '@nestjs/common';
import {
  entitlementFields,
  entitlementKey,
  type EntitlementFields,
  readEntitlement,
} from '#libs/contracts/entitlement.js';
import { hasShape, parsed } from '#libs/event-store/core.js';
import { Database } from '#libs/event-store/database.js';
import { firstUuid } from '#libs/event-store/ids.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { Work } from '#libs/event-store/work.js';
import type { Column } from '#libs/scim/filter/to-sql.js';
import { listCondition } from '#libs/service-kit/input/filter-input.js';
import { NotFound } from '#libs/problems/problem.js';
import type { Entitlement } from '../people/people.exports.js';
import type { Foreseen, Proposal } from './proposal.js';

/** A simulation and how far it is. */
export interface Simulation {
  readonly id: string;
  readonly status: 'running' | 'completed';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly expiresAt: string;
  readonly catalogVersion: number | null;
  readonly total: number | null;
  readonly checked: number;
  readonly touched: number;
  readonly gains: number;
  readonly loses: number;
  readonly position: string;
  readonly proposal: Proposal;
}

/** What one person would gain and lose. */
export interface SimulatedChange extends Foreseen {
  readonly identityId: string;
}

/** How many would gain and lose one entitlement. */
export interface SimulatedEffect {
  readonly entitlement: Entitlement;
  readonly gains: number;
  readonly loses: number;
}

/** People looked at, and those of them whom it would touch. */
export interface SimulatedPage {
  /** Id of the last identity; null where nobody follows. */
  readonly position: string | null;
  readonly checked: number;
  readonly changes: readonly SimulatedChange[];
  /** When everybody was looked at; null before. */
  readonly finishedAt: string | null;
}

const isProposal = hasShape<Proposal>({
  accessPackages: 'list',
  birthrightRules: 'list',
  separationRules: 'list',
  hrChanges: 'list',
  hires: 'list',
});

/** What simulations found: no read model, no facts. It goes after a day. A proposal may hold personal data and is sealed. */
@Injectable()
export class Simulations {
  constructor(
    private readonly db: Database,
    private readonly key: MasterKey,
  ) {}

  /** The same again changes nothing. */
  start(work: Work, id: string, proposal: Proposal, { at, expiresAt }: { at: string; expiresAt: string }): void {
    work.run(
      `insert into simulation (id, status, proposal, started_at, expires_at)
       values ($1::uuid, 'running', $2, $3::timestamptz, $4::timestamptz) on conflict (id) do nothing`,
      [id, this.key.seal(JSON.stringify(proposal), contextOf(id)), at, expiresAt],
    );
  }

  /** Begins to look at people under this catalog, and forgets what was found under another. */
  begin(work: Work, id: string, catalogVersion: number, total: number): void {
    work.run(
      `update simulation set catalog_version = $2::int, total = $3::int, checked = 0, touched = 0, gains = 0, loses = 0,
         position = '${firstUuid}' where id = $1::uuid`,
      [id, catalogVersion, total],
    );
    work.run(`delete from simulated_change where simulation_id = $1::uuid`, [id]);
    work.run(`delete from simulated_effect where simulation_id = $1::uuid`, [id]);
  }

  /** Adds a page. */
  add(work: Work, id: string, { position, checked, changes, finishedAt }: SimulatedPage): void {
    work.run(
      `update simulation set checked = checked + $2::int, touched = touched + $3::int, gains = gains + $4::int,
         loses = loses + $5::int, position = coalesce($6::uuid, position), finished_at = $7::timestamptz,
         status = case when $7::timestamptz is null then status else 'completed' end where id = $1::uuid`,
      [id, checked, changes.length, having(changes, 'gains'), having(changes, 'loses'), position, finishedAt],
    );
    if (changes.length === 0) return;
    work.run(
      `insert into simulated_change (simulation_id, identity_id, gains, loses)
       select $1::uuid, x."identityId", x.gains, x.loses
       from jsonb_to_recordset($2::jsonb) as x("identityId" uuid, gains jsonb, loses jsonb)`,
      [id, JSON.stringify(changes)],
    );
    work.run(
      `insert into simulated_effect as e (simulation_id, application, key, entitlement, gains, loses)
       select $1::uuid, x.application, x.key, x.entitlement, x.gains, x.loses
       from jsonb_to_recordset($2::jsonb) as x(application text, key text, entitlement jsonb, gains int, loses int)
       on conflict (simulation_id, application, key) do update
         set gains = e.gains + excluded.gains, loses = e.loses + excluded.loses`,
      [id, JSON.stringify(effectsOf(changes))],
    );
  }

  remove(work: Work, id: string): void {
    work.run(`delete from simulation where id = $1::uuid`, [id]);
  }

  /** Null for one that is not there, or not any more. */
  async find(id: string): Promise<Simulation | null> {
    const [row] = await this.db.query<SimulationRow>(`select * from simulation where id = $1::uuid`, [id]);
    if (row === undefined) return null;
    return {
      id: row.id,
      status: row.status,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      expiresAt: row.expires_at.toISOString(),
      catalogVersion: row.catalog_version,
      total: row.total,
      checked: row.checked,
      touched: row.touched,
      gains: row.gains,
      loses: row.loses,
      position: row.position,
      proposal: parsed<Proposal>('a proposal', isProposal, JSON.parse(this.key.open(row.proposal, contextOf(id)))),
    };
  }

  /** @throws NotFound */
  async get(id: string): Promise<Simulation> {
    const found = await this.find(id);
    if (found === null) throw new NotFound('simulation', id);
    return found;
  }

  /**
   * In order of their ids.
   * @throws InvalidInput for a filter over anything but id, application (in which something changes) and change (gains, loses)
   */
  async changes(
    id: string,
    { after, limit, filter }: { after: string | null; limit: number; filter?: string | undefined },
  ): Promise<SimulatedChange[]> {
    const condition = listCondition(filter, changeColumns, 4);
    const rows = await this.db.query<{ identity_id: string; gains: unknown; loses: unknown }>(
      `select identity_id, gains, loses from simulated_change
       where simulation_id = $1::uuid and identity_id > $2::uuid and (${condition.sql}) order by identity_id limit $3::int`,
      [id, after ?? firstUuid, limit, ...condition.params],
    );
    return rows.map(({ identity_id: identityId, gains, loses }) => ({
      identityId,
      gains: entitlementsIn(gains),
      loses: entitlementsIn(loses),
    }));
  }

  /** Those that most people would gain or lose first. */
  async effects(id: string, limit: number): Promise<SimulatedEffect[]> {
    const rows = await this.db.query<{
      application: string;
      entitlement: unknown;
      gains: number;
      loses: number;
    }>(
      `select application, entitlement, gains, loses from simulated_effect where simulation_id = $1::uuid
       order by gains + loses desc, application, key limit $2::int`,
      [id, limit],
    );
    return rows.map(({ application, entitlement, gains, loses }) => ({
      entitlement: { ...fieldsIn(entitlement), application },
      gains,
      loses,
    }));
  }
}

/** @throws Error for what is no entitlement */
function fieldsIn(value: unknown): EntitlementFields {
  const fields = readEntitlement(value);
  if (fields === null) throw new Error('a simulated change names what is no entitlement');
  return fields;
}

const isOfApplication = hasShape<{ readonly application: string }>({ application: 'text' });

const entitlementsIn = (value: unknown): Entitlement[] =>
  (Array.isArray(value) ? value : []).map((one: unknown) => {
    const { application } = parsed<{ readonly application: string }>('an entitlement', isOfApplication, one);
    return { ...fieldsIn(one), application };
  });

const changeColumns: Readonly<Record<string, Column>> = {
  id: { sql: 'identity_id', type: 'uuid' },
  application: { sql: `array(select x ->> 'application' from jsonb_array_elements(gains || loses) x)`, type: 'text[]' },
  change: {
    sql: `array(select c from (values ('gains', gains), ('loses', loses)) v(c, them) where them <> '[]')`,
    type: 'text[]',
  },
};

const contextOf = (id: string): string => `simulation/${id}`;

const having = (changes: readonly SimulatedChange[], what: 'gains' | 'loses'): number =>
  changes.filter((one) => one[what].length > 0).length;

interface EffectRow {
  readonly application: string;
  readonly key: string;
  readonly entitlement: EntitlementFields;
  gains: number;
  loses: number;
}

function effectsOf(changes: readonly SimulatedChange[]): EffectRow[] {
  const effects = new Map<string, EffectRow>();
  const count = (one: Entitlement, what: 'gains' | 'loses'): void => {
    const { application } = one;
    const key = entitlementKey(one);
    const row = effects.get(`${application} ${key}`) ?? {
      application,
      key,
      entitlement: entitlementFields(one),
      gains: 0,
      loses: 0,
    };
    row[what] += 1;
    effects.set(`${application} ${key}`, row);
  };
  for (const { gains, loses } of changes) {
    for (const one of gains) count(one, 'gains');
    for (const one of loses) count(one, 'loses');
  }
  return [...effects.values()];
}

interface SimulationRow {
  readonly id: string;
  readonly status: Simulation['status'];
  readonly proposal: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly expires_at: Date;
  readonly catalog_version: number | null;
  readonly total: number | null;
  readonly checked: number;
  readonly touched: number;
  readonly gains: number;
  readonly loses: number;
  readonly position: string;
}
