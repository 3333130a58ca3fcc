import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { call, startHub, type HubUnderTest } from '../support/hub.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/processes.js';

/**
 * Races decisions about one person against each other on the running hub, over HTTP, and reads back what is left.
 * Exits 0 only if nobody kept what they should have lost, or lost what they should have kept.
 *
 *     npm run campaign -- [--races 600] [--others 150] [--abreast 8]
 */
const { values } = parseArgs({
  options: {
    races: { type: 'string', default: '600' },
    others: { type: 'string', default: '150' },
    concurrency: { type: 'string', default: '8' },
  },
});
const concurrency = Number(values.concurrency);
/** The two calls of a race begin at most this far apart, in milliseconds, around where both orders are as likely. */
const apartMs = 40;
/** How far one answer moves that point, which depends on the machine and its load. */
const stepMs = 10;
const yesterday = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);

interface World {
  readonly hub: HubUnderTest;
  readonly metrics: string;
  readonly as: Record<'hr' | 'admin' | 'boss' | 'asker', string>;
}
interface Item {
  readonly id: string;
  readonly identityId: string;
  readonly beneficiaryId: string;
  readonly employeeId: string;
  readonly packageId: string;
  readonly assignmentId: string;
  readonly cause: { readonly type: string };
}
type Worker = Readonly<Record<string, string>>;

/** One kind of race: what comes before it, the two that race, and what must hold in the end. */
interface Race {
  readonly name: string;
  readonly count: number;
  /** Is the first call refused when the second came before it? */
  readonly refusedWhenLate: boolean;
  before(world: World, identity: string): Promise<string>;
  one(world: World, about: Raced): Promise<number>;
  other(world: World, about: Raced): Promise<number>;
  /** Those who are not as they should be. */
  wrong(world: World, raced: readonly Raced[]): Promise<readonly string[]>;
}
interface Raced {
  readonly worker: Worker;
  readonly identity: string;
  /** Id of the request, or of the assignment, the race is about. */
  readonly subject: string;
}

async function state(
  { hub, as }: World,
  { employeeId, ...body }: Worker,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  const answer = await hub.call('PUT', `/hr/v1/workers/${employeeId}`, { token: as.hr, body: { ...body, ...more } });
  if (answer.status >= 300) throw new Error(`PUT worker ${employeeId} answered ${answer.status}: ${answer.text}`);
  return answer.status;
}
const terminate = (world: World, { worker }: Raced): Promise<number> =>
  state(world, worker, { terminationDate: yesterday });
const ask = async ({ hub, as }: World, packageId: string, beneficiaryId: string) =>
  await hub.call<Partial<Item>>('POST', '/governance/v1/requests', {
    token: as.asker,
    body: { packageId, beneficiaryId },
  });

async function made(world: World, packageId: string, identity: string, what: 'id' | 'assignmentId'): Promise<string> {
  const { status, body, text } = await ask(world, packageId, identity);
  if (status !== 201) throw new Error(`asking for ${packageId} answered ${status}: ${text}`);
  return body[what] ?? '';
}

/** Every item of a list that a filter names. */
async function all({ hub, as }: World, path: string, filter: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor = '';
  do {
    const query = new URLSearchParams({ limit: '500', filter, ...(cursor === '' ? {} : { cursor }) });
    const { body } = await hub.call<{ items: Item[]; nextCursor: string | null }>(
      'GET',
      `/governance/v1/${path}?${query.toString()}`,
      { token: as.admin },
    );
    items.push(...body.items);
    cursor = body.nextCursor ?? '';
  } while (cursor !== '');
  return items;
}

async function desiredOf({ hub, as }: World, identity: string) {
  const { body } = await hub.call<{
    items: { application: string; accounts: { active: boolean; groups: string[]; attributes: Worker }[] }[];
  }>('GET', `/governance/v1/identities/${identity}/access`, { token: as.admin });
  return body.items.flatMap(({ accounts }) => accounts);
}

/** Leavers who are not inactive, hold an assignment, should have an account, or have a request open. */
async function notGone(world: World, raced: readonly Raced[]): Promise<string[]> {
  await eventually(
    async () => {
      const inactive = new Set((await all(world, 'identities', 'status eq "inactive"')).map(({ id }) => id));
      return raced.every(({ identity }) => inactive.has(identity));
    },
    { timeoutMs: 120_000, everyMs: 250 },
  );
  const active = new Set((await all(world, 'assignments', 'status eq "active"')).map(({ identityId }) => identityId));
  const open = new Set((await all(world, 'requests', 'status eq "pending"')).map(({ beneficiaryId }) => beneficiaryId));
  const wrong: string[] = [];
  for (const { identity, worker } of raced) {
    const accounts = await desiredOf(world, identity);
    const holds = active.has(identity) || open.has(identity) || accounts.some((account) => account.active);
    if (holds) wrong.push(worker['employeeId'] ?? identity);
  }
  return wrong;
}

const races: readonly Race[] = [
  {
    name: 'approval against termination',
    count: Number(values.races),
    refusedWhenLate: true,
    before: (world, identity) => made(world, 'approved', identity, 'id'),
    one: async ({ hub, as }, { subject }) =>
      (
        await hub.call('POST', `/governance/v1/requests/${subject}/decisions`, {
          token: as.boss,
          body: { decision: 'approve' },
        })
      ).status,
    other: terminate,
    wrong: notGone,
  },
  {
    name: 'request against termination',
    count: Number(values.others),
    refusedWhenLate: true,
    before: () => Promise.resolve(''),
    one: async (world, { identity }) => (await ask(world, 'at-once', identity)).status,
    other: terminate,
    wrong: notGone,
  },
  {
    name: 'request that waits for approval against termination',
    count: Number(values.others),
    refusedWhenLate: true,
    before: () => Promise.resolve(''),
    one: async (world, { identity }) => (await ask(world, 'approved', identity)).status,
    other: terminate,
    wrong: notGone,
  },
  {
    name: 'move against revocation',
    count: Number(values.others),
    refusedWhenLate: false,
    before: (world, identity) => made(world, 'moving', identity, 'assignmentId'),
    one: async ({ hub, as }, { subject }) =>
      (
        await hub.call('POST', `/governance/v1/assignments/${subject}/revoke`, {
          token: as.admin,
          body: { reason: 'the campaign' },
        })
      ).status,
    other: (world, { worker }) => state(world, worker, { department: 'Moving' }),
    wrong: async (world, raced) => {
      await known(world, 'department eq "Moving"', raced.length);
      const filter = 'packageId eq "moving" and status eq "active" and cause.type eq "birthright"';
      const given = new Set((await all(world, 'assignments', filter)).map(({ identityId }) => identityId));
      return raced.filter(({ identity }) => !given.has(identity)).map(({ worker }) => worker['employeeId'] ?? '');
    },
  },
  {
    name: 'change of attributes against grant',
    count: Number(values.others),
    refusedWhenLate: false,
    before: () => Promise.resolve(''),
    one: async (world, { identity }) => (await ask(world, 'at-once', identity)).status,
    other: (world, { worker }) => state(world, worker, { jobTitle: 'Captain' }),
    wrong: async (world, raced) => {
      await known(world, 'jobTitle eq "Captain"', raced.length);
      const wrong: string[] = [];
      for (const { identity, worker } of raced) {
        const [account] = await desiredOf(world, identity);
        const right = account?.active === true && account.attributes['jobTitle'] === 'Captain';
        if (!right) wrong.push(worker['employeeId'] ?? '');
      }
      return wrong;
    },
  },
];

/** Waits until so many identities are as the filter says. */
async function known(world: World, filter: string, count: number): Promise<Item[]> {
  return await eventually(
    async () => {
      const found = await all(world, 'identities', filter);
      return found.length === count ? found : undefined;
    },
    { timeoutMs: 120_000, everyMs: 250 },
  );
}

async function start(): Promise<World> {
  const metricsPort = await freePort();
  // One feed ends more people in an hour here than the brake lets pass.
  const brake = { HR_BRAKE_PEOPLE: '1000000', HR_BRAKE_AT_LEAST: '1000000' };
  const hub = await startHub({ METRICS_PORT: String(metricsPort), ...brake });
  return await prepared(hub, metricsPort).catch(async (error: unknown) => {
    await hub.discard();
    throw error;
  });
}

async function prepared(hub: HubUnderTest, metricsPort: number): Promise<World> {
  const [hr, admin, boss, asker] = await Promise.all([
    hub.token('hr-system', 'hr-feed'),
    hub.token('campaign-admin', 'admin'),
    hub.token('boss', 'approver'),
    hub.token('asker', 'requester'),
  ]);
  const world = { hub, metrics: `http://127.0.0.1:${metricsPort}/metrics`, as: { hr, admin, boss, asker } };
  const put = async (path: string, body: object): Promise<void> => {
    const answer = await hub.call('PUT', `/governance/v1/${path}`, { token: admin, body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  };
  await put('applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
  const asked = { requestFor: 'anyone', requireJustification: false };
  const account = [{ application: 'wiki', account: true }];
  const byManager = { approval: { stages: [{ approvers: ['manager'] }] } };
  await put('access-packages/approved', { displayName: 'approved', grants: account, ...asked, ...byManager });
  await put('access-packages/at-once', { displayName: 'at once', grants: account, ...asked, approval: 'none' });
  const movers = [{ application: 'wiki', group: 'Movers' }];
  await put('access-packages/moving', { displayName: 'moving', grants: movers, ...asked, approval: 'none' });
  const rule = { displayName: 'moving', filter: 'department eq "Moving"', packages: ['moving'] };
  await put('birthright-rules/moving', rule);
  for (const employeeId of ['boss', 'asker'])
    await state(world, { employeeId, familyName: employeeId, hireDate: '2020-01-01' });
  await known(world, 'employeeId eq "boss" or employeeId eq "asker"', 2);
  return world;
}

/** Newcomers who hold nothing, each with what the race needs before it. */
async function prepare(world: World, race: Race, at: number): Promise<Raced[]> {
  const workers = Array.from({ length: race.count }, (_, index): Worker => {
    const employeeId = `r${at}-${index}`;
    return { employeeId, familyName: employeeId, hireDate: '2020-01-01', managerId: 'boss', department: `Race ${at}` };
  });
  await inTurns(workers, (worker) => state(world, worker));
  const found = await known(world, `department eq "Race ${at}"`, race.count);
  const identities = new Map(found.map(({ employeeId, id }) => [employeeId, id]));
  return await inTurns(workers, async (worker) => {
    const identity = identities.get(worker['employeeId'] ?? '') ?? '';
    return { worker, identity, subject: await race.before(world, identity) };
  });
}

/** Runs `each` over all, with this concurrency. */
async function inTurns<In, Out>(items: readonly In[], each: (item: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  const left = items.entries();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (const [index, item] of left) results[index] = await each(item);
    }),
  );
  return results;
}

async function run(world: World, race: Race, at: number): Promise<boolean> {
  const raced = await prepare(world, race, at);
  const answers = new Map<string, number>();
  let lead = 0;
  const began = performance.now();
  await inTurns(raced, async (about) => {
    const apart = lead + (Math.random() * 2 - 1) * apartMs;
    const [one, other] = await Promise.all([
      pause(Math.max(apart, 0)).then(() => race.one(world, about)),
      pause(Math.max(-apart, 0)).then(() => race.other(world, about)),
    ]);
    // Accepted: it was early enough. The next one starts later, so that both orders come about.
    if (race.refusedWhenLate) lead += one < 300 ? stepMs : -stepMs;
    const both = `${one}/${other}`;
    answers.set(both, (answers.get(both) ?? 0) + 1);
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const wrong = await race.wrong(world, raced);
  const outcomes = [...answers].map(([both, times]) => `${times} x ${both}`).join(', ');
  console.log(`${race.name}: ${race.count} races in ${seconds} s (${outcomes}); wrong: ${wrong.length}`);
  if (wrong.length > 0) console.log(`  wrong: ${wrong.join(', ')}`);
  return wrong.length === 0;
}

/** What the sweep over leavers had to mend: it must not hide what the races left. */
async function sweptLeavers({ metrics }: World): Promise<number> {
  const { text } = await call(metrics, 'GET', '');
  return Number(/^hub_leavers_found_with_access_total\S* (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

const world = await start();
try {
  let right = true;
  for (const [at, race] of races.entries()) right = (await run(world, race, at)) && right;
  const swept = await sweptLeavers(world);
  console.log(`leavers whom the sweep found with access: ${swept}`);
  process.exitCode = right && swept === 0 ? 0 : 1;
} finally {
  await world.hub.discard();
}
