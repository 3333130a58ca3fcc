import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { services } from '#apps/hub/src/services.js';
import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import { forgetSubject } from '#libs/event-store/rebuild.js';
import { migrateDatabase } from '../support/deployment.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { freshDatabase } from '../support/postgres.js';
import { built, root } from '../support/processes.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';
import { dumpEnvironment } from './dump.js';
import { goldenStreams } from './fold-fingerprints.js';
import { History, people } from './history.js';

jest.setTimeout(240_000);

interface ReadModels {
  readonly items: readonly {
    readonly name: string;
    readonly tables: readonly string[];
    readonly fold: number;
    readonly notDerived: readonly { readonly column: string }[];
  }[];
  readonly messageFed: readonly { readonly table: string }[];
}

/** Service, by the first segment of its routes and the schema of its tables. */
const rebuilt = ['hr', 'governance', 'provisioning'] as const;
type Rebuilt = (typeof rebuilt)[number];

let database: Awaited<ReturnType<typeof freshDatabase>>;
let client: pg.Client;
let stub: ScimStub;
let hub: HubUnderTest;
let history: History;
let env: Record<string, string>;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  stub = await startScimStub({ token: 'application-token' });
  stub.reply = ({ method, body }, usual) =>
    method === 'POST' && body.includes('mallory') ? { status: 403, body: { detail: 'not her' } } : usual();
  await migrateDatabase(database.url, dumpEnvironment);
  const dataDir = await mkdtemp(join(tmpdir(), 'hub-rebuild-'));
  env = { ...dumpEnvironment, DATABASE_URL: database.url };
  hub = await startHub(env, { dataDir });
  history = await History.of(hub);
  await history.tell({ baseUrl: stub.baseUrl, token: 'application-token' });
  await history.tellMore({ baseUrl: stub.baseUrl, token: 'application-token' });
  await forgetEve();
});
afterAll(async () => {
  await hub.discard();
  await stub.stop();
  await client.end();
  await database.drop();
});

/** Forgets a person in each service, as it is done: the key and the rows in one work. */
async function forgetEve(): Promise<void> {
  const identity = await history.identityOf(people.eve);
  const { rows } = await client.query<{ worker: string }>('select worker from hr.worker where employee_id = $1', [
    people.eve,
  ]);
  const subjects: Record<Rebuilt, string> = { hr: rows[0]?.worker ?? '', governance: identity, provisioning: identity };
  for (const schema of rebuilt) {
    const db = await Database.open({
      url: database.url,
      schema,
      migrations: [],
      migrate: 'check',
    });
    const store = new EventStore(
      db,
      new MasterKey(Buffer.from(dumpEnvironment.HUB_MASTER_KEY, 'base64')),
      () => new Date().toISOString(),
      await currentEpoch(db),
    );
    for (const { make, file } of goldenStreams)
      if (file.startsWith(`apps/${schema === 'hr' ? 'hr-ingest' : schema}/`)) new make(store);
    await forgetSubject(store, subjects[schema]);
    await db.close();
  }
}

const readModels = (service: Rebuilt): Promise<ReadModels> => history.get<ReadModels>(`/${service}/v1/read-models`);

/** Hash of what facts decide, by table. */
async function hashes(service: Rebuilt): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const { items } = await readModels(service);
  const left = new Set(items.flatMap(({ notDerived }) => notDerived.map(({ column }) => column)));
  for (const table of new Set(items.flatMap(({ tables }) => tables))) {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${service}.${table} t order by to_jsonb(t)::text`,
    );
    const derived = rows.map(({ row }) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).filter(([column]) => !left.has(`${table}.${column}`)))),
    );
    found[table] = createHash('sha256').update(derived.sort().join('\n')).digest('hex');
  }
  return found;
}

const rebuild = (...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(
    process.execPath,
    [resolve(built, 'apps/hub/src/cli.main.js'), 'rebuild', ...args, '--url', hub.base],
    {
      cwd: root,
      env: { ...process.env, ...env, HUB_DATA_DIR: hub.dataDir },
    },
  );

/** Tables of the store, the bus and the kit: no feature's. */
const ofTheKit = [
  ...['checkpoint', 'events', 'idempotent_answer', 'inbox', 'kafka_place', 'kafka_sent', 'lease', 'migration'],
  ...['parked_line', 'parked_message', 'read_model_fold', 'rebuild', 'relay_again', 'resumption', 'store_identity'],
  ...['subject_key', 'timer', 'urgent_outbox', 'server_identity'],
];
/** What neither facts nor messages give: a rebuild leaves it alone (docs/decisions/0016). */
const notDerived: Readonly<Record<Rebuilt, readonly string[]>> = {
  hr: ['brake_count', 'brake_turn', 'hold', 'import', 'import_chunk', 'import_rejection', 'missing'],
  governance: [
    ...[
      'forgotten_name',
      'leavers_sweep',
      'notification',
      'person_decision',
      'policy_loss',
      'recompute_job',
      'simulated_change',
    ],
    ...['simulated_effect', 'simulation', 'succession', 'bulk_change', 'bulk_row'],
  ],
  provisioning: [
    ...[
      'account_reading',
      'applied_document',
      'awaiting_release',
      'changed_manager',
      'connector_health',
      'connector_place',
      'connector_quarantine',
      'connector_secret',
      'discovery_run',
      'drift',
      'drift_comparison',
    ],
    ...[
      'impact_job',
      'kept_account',
      'kept_holding',
      'lost_holding',
      'observed_account',
      'observed_holding',
      'preview',
      'preview_item',
      'refused_call',
      'on_demand_run',
      'rehearsal',
      'released_person',
    ],
  ],
};

describe.each(rebuilt)('every table of %s', (service) => {
  it('is of a read model, or filled by messages, or named as what nothing gives', async () => {
    const { items, messageFed } = await readModels(service);
    const { rows } = await client.query<{ table: string }>(
      `select table_name as table from information_schema.tables where table_schema = $1 order by 1`,
      [service],
    );
    const known = [...items.flatMap(({ tables }) => tables), ...messageFed.map(({ table }) => table)];
    const named = [...known, ...notDerived[service], ...ofTheKit];
    expect(rows.map(({ table }) => table).filter((table) => !named.includes(table))).toEqual([]);
    expect(known.filter((table) => !rows.some((row) => row.table === table))).toEqual([]);
    const decision = await readFile(resolve(root, 'docs/decisions/0016-read-models-are-rebuilt-in-place.md'), 'utf8');
    expect(notDerived[service].filter((table) => !decision.includes(`\`${table}\``))).toEqual([]);
  });

  it('has rows in the history, if it is of a read model: equal hashes of nothing prove nothing', async () => {
    const { items } = await readModels(service);
    const empty: string[] = [];
    for (const table of new Set(items.flatMap(({ tables }) => tables))) {
      const { rows } = await client.query(`select 1 from ${service}.${table} limit 1`);
      if (rows.length === 0) empty.push(table);
    }
    expect(empty).toEqual([]);
  });
});

describe('a person who was forgotten', () => {
  it('is in no row of any service any more', async () => {
    const found: unknown[] = [];
    for (const service of rebuilt)
      for (const table of (await readModels(service)).items.flatMap(({ tables }) => tables)) {
        const said = `select t::text as row from ${service}.${table} t where t::text ~* 'eve@|Family-eve'`;
        found.push(...(await client.query(said)).rows);
      }
    expect(found).toEqual([]);
  });
});

describe.each(rebuilt)('the read models of %s', (service) => {
  it('are the same by hash when they are rebuilt over what is there', async () => {
    const live = await hashes(service);
    const { stdout } = await rebuild(service);
    expect(stdout).toMatch(new RegExp(`^${service} rebuilt .* from [1-9]\\d* streams\n$`));
    expect(await hashes(service)).toEqual(live);
  });

  it('are the same by hash when all rows are of another fold and say nothing', async () => {
    const live = await hashes(service);
    const { items } = await readModels(service);
    const folded = await client.query<{ table: string; spoilt: string }>(
      `select c.table_name as table, coalesce(string_agg(quote_ident(s.column_name) || $2, ''), '') as spoilt
       from information_schema.columns c
       left join information_schema.columns s on s.table_schema = c.table_schema and s.table_name = c.table_name
         and s.column_name in ('state', 'message', 'document', 'attributes')
       where c.table_schema = $1 and c.column_name = 'fold' group by 1`,
      [service, ` = '{}', `],
    );
    expect(folded.rows.length).toBeGreaterThan(0);
    for (const { table, spoilt } of folded.rows)
      await client.query(`update ${service}.${table} set ${spoilt} fold = 0`);
    for (const { name } of items) await rebuild(service, name);
    expect(await hashes(service)).toEqual(live);
  });

  it('are the same by hash when they are made from nothing', async () => {
    const live = await hashes(service);
    const tables = new Set((await readModels(service)).items.flatMap((model) => model.tables));
    tables.delete('catalog_version');
    for (const table of tables) await client.query(`delete from ${service}.${table}`);
    await rebuild(service);
    expect(await hashes(service)).toEqual(live);
  });
});

describe('rows of another fold', () => {
  const paths = [
    '/hr/v1/workers',
    `/hr/v1/workers/${people.linus}`,
    ...[
      ...[
        'identities',
        'requests',
        'delegations',
        'assignments',
        'access-packages',
        'applications',
        'birthright-rules',
      ],
      ...['separation-rules', 'separation-findings', 'separation-exceptions', 'emergencies', 'birthright-exclusions'],
      ...[
        'withheld-birthrights',
        'withheld-versions',
        'waiting-versions',
        'mover-rules',
        'mover-reviews',
        'workflows',
        'workflow-steps',
        'reviews',
        'sponsorships',
      ],
    ].map((list) => `/governance/v1/${list}`),
    ...['connectors', 'cases', 'exposures', 'leavers-still-enabled', 'tasks?state=all'].map(
      (list) => `/provisioning/v1/${list}`,
    ),
    '/provisioning/v1/connectors/wiki',
    ...['accounts', 'operations', 'unverified-removals', 'observed-accounts', 'entitlements', 'parked'].map(
      (list) => `/provisioning/v1/connectors/wiki/${list}`,
    ),
  ];
  /** What a row of each table may wrongly say. A new table of a read model needs a line. */
  const wrong: Readonly<Record<string, string>> = {
    'hr.worker': `attributes = '{"employeeId": "?"}'`,
    'governance.identity': `state = '{"status": "active"}'`,
    'governance.access': `state = '{}'`,
    'governance.assignment': `delivery = 'failed', package_version = 99`,
    'governance.separation_exception': `mitigation = '?'`,
    'governance.separation_finding': `packages = '{}'`,
    'governance.emergency_review': `comment = '?'`,
    'governance.birthright_exclusion': `reason = '?'`,
    'governance.birthright_withheld': `because = '[]'`,
    'governance.package_release': `release = '{}'`,
    'governance.workflow_step': `workflow_version = 99`,
    'governance.withheld_version': `code = '?', because = '[]'`,
    'governance.request': `state = '{}'`,
    'governance.delegation': `state = '{}'`,
    'governance.review': `state = '{}'`,
    'governance.review_item': `state = '{}'`,
    'governance.sponsorship': `state = '{}'`,
    'governance.desired_access': `message = '{"body": {}}'`,
    'governance.catalog_entry': `document = '{"displayName": "?"}'`,
    'provisioning.connector': `document = '{}'`,
    'provisioning.account': `state = '{}', user_name = '?', status = 'deleted'`,
    'provisioning.operation': `code = '?', status = 599`,
    'provisioning.exposure': `state = '{}', code = '?', account_id = '?'`,
    'provisioning.case_notes': `comments = 99`,
    'provisioning.discovered_entitlement': `name = '?'`,
    'provisioning.app_group': `in_question = true`,
    'provisioning.account_ownership': `reason = '?'`,
    'provisioning.account_list': `state = '{}'`,
    'provisioning.manual_task': `state = '{}'`,
    'provisioning.observed_access': `state = '{}'`,
  };

  it('are not believed: answers come from the streams until they are rebuilt', async () => {
    const identity = await history.identityOf(people.ada);
    const all = [...paths, `/governance/v1/identities/${identity}`, `/governance/v1/identities/${identity}/access`];
    const folded = await client.query<{ table: string }>(
      `select table_schema || '.' || table_name as table from information_schema.columns
       where column_name = 'fold' and table_schema = any($1) and table_name <> 'read_model_fold' order by 1`,
      [rebuilt],
    );
    expect(folded.rows.map(({ table }) => table)).toEqual(Object.keys(wrong).sort());
    const before = await Promise.all(all.map((path) => history.get(path)));
    for (const [table, said] of Object.entries(wrong)) await client.query(`update ${table} set fold = 0, ${said}`);
    await client.query(`update governance.catalog_version set version = version + 1`);
    const after = await Promise.all(all.map((path) => history.get(path)));
    expect(Object.fromEntries(all.map((path, index) => [path, after[index]]))).toEqual(
      Object.fromEntries(all.map((path, index) => [path, before[index]])),
    );
    for (const service of rebuilt) await rebuild(service);
    await history.state('2001', { familyName: 'After', hireDate: '2024-01-01', email: 'after@corp.example' });
    await history.identityOf('2001');
  });
});

describe('what cannot be rebuilt', () => {
  it.each([
    ['governance', 'nothing-such', /no read model of this service: give one of/],
    ['provisioning', 'desired', /is filled by messages.*republish governance/],
    ['audit', 'leaf', /no read model/],
  ])('%s %s is refused by name', async (service, name, words) => {
    await expect(rebuild(service, name)).rejects.toMatchObject({ stderr: expect.stringMatching(words) });
  });

  it('is a table that is no read model, and no service has two of one name', async () => {
    const names = services.map(({ name, messageFed }) => [name, Object.keys(messageFed ?? {})]);
    expect(names).toHaveLength(4);
    expect((await rebuild('audit')).stdout).toContain('it has no read model');
    await expect(rebuild('elsewhere')).rejects.toMatchObject({ code: 2 });
  });
});
