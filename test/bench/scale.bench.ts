import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { cpuFor, postmasterOf, type CpuTime } from './cpu.js';
import { percentile, timed, type Line } from './measure.js';
import { urlOf } from './stored.js';

const departments = 200;
const packages = 500;
const changes = 20;
const warmUps = 10;
const calls = 100;

interface Bench {
  readonly hub: HubUnderTest;
  readonly admin: string;
  readonly hr: string;
  readonly sql: pg.Client;
}

/**
 * Governance with 100,000 people, 500 packages and 200 birthright rules: a rule, a simulation, one HR change; then lists of a
 * million assignments. People and assignments are put into the tables as they would stand there.
 * @param people 100,000 unless given
 */
export async function benchScale(runs: number, people = 100_000): Promise<Line[]> {
  // The same people move again and again: HR's brake would hold them.
  const hub = await startHub({ HR_BRAKE_AT_LEAST: '1000000', HR_BRAKE_PEOPLE: '1000000' });
  const sql = new pg.Client({ connectionString: urlOf(hub.dataDir), options: '-c search_path=governance' });
  try {
    await sql.connect();
    const bench = { hub, sql, admin: await hub.token('admin', 'admin'), hr: await hub.token('hr', 'hr-feed') };
    await defineCatalog(bench);
    const lines = await changeOfOne(bench, {
      node: hub.child().process.pid ?? 0,
      postmaster: postmasterOf(`${hub.dataDir}/postgres`),
    });
    await addPeople(sql, people);
    const size = people.toLocaleString('en');
    const simulated: number[] = [];
    const memory: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      simulated.push(await timed(() => simulation(bench, people)));
      memory.push(await residentMb(hub));
    }
    const added: number[] = [];
    for (let run = 0; run < runs; run += 1) added.push(await timed(() => newRule(bench, run, people / departments)));
    await addAssignments(sql, people);
    return [
      ...lines,
      { name: `a simulation that touches all of ${size} people`, unit: 'ms', runs: simulated, goal: '60,000' },
      { name: 'memory of the hub after it', unit: 'MB', runs: memory },
      {
        name: `a new rule over ${size} people: applied to ${people / departments}`,
        unit: 'ms',
        runs: added,
        goal: '30,000',
      },
      ...(await lists(bench)),
    ];
  } finally {
    await sql.end();
    await hub.discard();
  }
}

async function put(
  { hub, admin }: Bench,
  path: string,
  body: object,
): Promise<{ readonly job?: { readonly id: string } }> {
  const answer = await hub.call<{ job?: { id: string } }>('PUT', `/governance/v1/${path}`, { token: admin, body });
  if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

/** Each rule gives one package to one department; the other packages can be asked for. */
async function defineCatalog(bench: Bench): Promise<void> {
  await put(bench, 'applications/app', { displayName: 'App', connectorId: 'app' });
  for (let n = 0; n < packages; n += 1) {
    const grants = [
      { application: 'app', account: true },
      { application: 'app', group: `Group ${n}` },
    ];
    await put(bench, `access-packages/p${n}`, { displayName: `Package ${n}`, grants });
  }
  for (let n = 0; n < departments; n += 1) {
    const rule = { displayName: `Rule ${n}`, filter: `department eq "Department ${n}"`, packages: [`p${n}`] };
    await put(bench, `birthright-rules/r${n}`, rule);
  }
}

/** What the hub spends on one person who moves, from HR's statement to the desired access. */
async function changeOfOne(bench: Bench, counted: { node: number; postmaster: number }): Promise<Line[]> {
  const { hub, hr } = bench;
  const state = async (department: number): Promise<void> => {
    for (let n = 0; n < changes; n += 1) {
      const body = { familyName: 'Bench', hireDate: '2020-01-01', department: `Department ${department}` };
      const answer = await hub.call('PUT', `/hr/v1/workers/b${n}`, { token: hr, body });
      if (answer.status >= 300) throw new Error(`PUT worker answered ${answer.status}: ${answer.text}`);
    }
    await eventually(
      async () => {
        const held = await bench.sql.query(`select 1 from assignment where package_id = $1 and status = 'active'`, [
          `p${department}`,
        ]);
        return held.rowCount === changes;
      },
      { timeoutMs: 60_000, everyMs: 20 },
    );
  };
  // A program that has just started is not what is measured.
  for (let round = 0; round < warmUps; round += 1) await state(round);
  const cpu: CpuTime[] = [];
  for (let run = 0; run < 3; run += 1) cpu.push(await cpuFor(counted, changes, () => state(warmUps + run)));
  const runs = cpu.map(({ node, postgres }) => node + postgres);
  return [{ name: 'one HR change under 200 rules, all four services', unit: 'ms CPU', runs, cpu, goal: '20' }];
}

/** Rows as the fold of today writes them. */
async function addPeople(sql: pg.Client, people: number): Promise<void> {
  const { rows } = await sql.query<{ fold: number }>(`select fold from identity limit 1`);
  await sql.query(
    `insert into identity (id, version, status, user_name, user_name_key, numbers, live_numbers, attributes, state, fold)
     select md5('bench ' || n)::uuid, 1, 'active', 'u' || n, 'u' || n, array['s' || n], array['s' || n], a,
       jsonb_build_object('identityId', md5('bench ' || n)::uuid, 'status', 'active', 'kind', 'person', 'managerId', null,
         'employments', jsonb_build_array(jsonb_build_object('workerId', md5('worker ' || n)::uuid, 'employed', true, 'onLeave', false)),
         'primaryWorkerId', md5('worker ' || n)::uuid,
         'person', jsonb_build_object('displayName', 'Scale ' || n, 'userName', 'u' || n, 'tokenSubjects', '[]'::jsonb,
           'records', jsonb_build_object(md5('worker ' || n)::uuid::text, a))), $2
     from generate_series(1, $1::int) n, lateral (select jsonb_build_object('employeeId', 's' || n, 'familyName', 'Scale ' || n,
       'department', 'Department ' || n % ${departments}, 'location', 'L' || n % ${departments}, 'hireDate', '2020-01-01') as a) x`,
    [people, rows[0]?.fold ?? 1],
  );
  await sql.query('analyze identity');
}

async function addAssignments(sql: pg.Client, people: number): Promise<void> {
  const { rows } = await sql.query<{ fold: number }>(`select fold from assignment limit 1`);
  await sql.query(
    `insert into assignment (id, identity_id, package_id, package_version, status, delivery, cause, since, fold)
     select md5('assignment ' || n || ' ' || k)::uuid, md5('bench ' || n)::uuid, 'p' || (n + k * 37) % ${packages}, 1,
       case when k = 0 then 'expired' else 'active' end, case when (n + k) % 1000 = 0 then 'failed' else 'delivered' end,
       jsonb_build_object('type', 'birthright', 'rule', 'r' || (n + k) % ${departments}), now(), $2
     from generate_series(1, $1::int) n, generate_series(0, 9) k`,
    [people, rows[0]?.fold ?? 1],
  );
  await sql.query('analyze assignment');
}

async function simulation({ hub, admin }: Bench, people: number): Promise<void> {
  const rule = { id: 'all', displayName: 'All', filter: 'familyName sw "Scale"', packages: [`p${packages - 1}`] };
  const body = { birthrightRules: [rule] };
  const started = await hub.call('POST', '/governance/v1/simulations', { token: admin, body });
  const path = started.headers.get('location') ?? '';
  const { gains } = await eventually(
    async () => {
      const { body: found } = await hub.call<{ status: string; gains: number }>('GET', path, { token: admin });
      return found.status === 'completed' ? found : undefined;
    },
    { timeoutMs: 300_000, everyMs: 100 },
  );
  if (gains !== people) throw new Error(`the simulation found ${gains} of ${people} people`);
  await hub.call('DELETE', path, { token: admin });
}

async function newRule(bench: Bench, run: number, touched: number): Promise<void> {
  const rule = { displayName: `New ${run}`, filter: `location eq "L${run}"`, packages: [`p${departments + run}`] };
  const { job } = await put(bench, `birthright-rules/new-${run}`, rule);
  const done = await eventually(
    async () => {
      const path = `/governance/v1/jobs/${job?.id ?? ''}`;
      const { body } = await bench.hub.call<{ status: string; touched: number }>('GET', path, { token: bench.admin });
      return body.status === 'completed' ? body : undefined;
    },
    { timeoutMs: 300_000, everyMs: 50 },
  );
  if (done.touched !== touched) throw new Error(`the rule touched ${done.touched} people, not ${touched}`);
}

/** The calls of administrators and of one person, one after the other. */
async function lists({ hub, admin }: Bench): Promise<Line[]> {
  const me = await hub.token('b0', 'requester', 'approver');
  const filters = [
    '',
    'packageId eq "p7"',
    'status eq "scheduled"',
    'delivery eq "failed"',
    'cause.rule eq "r9"',
    `identityId eq "00000000-0000-5000-8000-000000000000"`,
  ];
  const everybodys = filters.map((filter) => ({
    name: `GET /assignments ${filter}`,
    path: `/governance/v1/assignments?filter=${encodeURIComponent(filter)}`,
    token: admin,
  }));
  const own = ['assignments', 'approvals', 'requests'].map((what) => ({
    name: `GET /${what}, one's own`,
    path: `/governance/v1/${what}`,
    token: me,
  }));
  const lines: Line[] = [];
  for (const { name, path, token } of [...everybodys, ...own]) {
    const took: number[] = [];
    for (let n = 0; n < calls; n += 1)
      took.push(
        await timed(async () => {
          const { status, text } = await hub.call('GET', path, { token });
          if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${text}`);
        }),
      );
    lines.push({ name: `${name}: p95`, unit: 'ms', runs: [percentile(took, 0.95)], goal: '50' });
  }
  return lines;
}

/** Memory that the process holds, in megabytes. */
async function residentMb(hub: HubUnderTest): Promise<number> {
  const status = await readFile(`/proc/${hub.child().process.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
