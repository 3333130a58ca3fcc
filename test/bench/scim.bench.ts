import { Pool } from 'undici';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { Pace, type RateBucket, steadyRateOf } from '#libs/outgoing/pace.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { profileBy } from '#libs/scim/client/templates.js';
import { ScimTarget } from '#apps/provisioning/src/targets/scim/scim-target.process.js';
import { reading } from '#apps/provisioning/src/targets/target.js';
import { startApplication, type Application } from '../support/application.js';
import { knownQuirks } from '../targets/quirks/known-quirks.js';
import { quirkToken, startQuirkServer } from '../targets/quirks/quirk-server.js';
import { cpuOf } from './cpu.js';
import { inLanes, timed, type Line } from './measure.js';

const creations = 5_000;
/** Creations by one of both ways, before the other has its turn: a machine that others load treats them alike. */
const block = 500;
const lanes = 16;
const members = 20_000;
const chunk = 100;
const pacedCalls = 5_000;

const guard = new AddressGuard([], true);
const nowMs = (): number => Date.now();
const perSecond = (pieces: number, ms: number): number => (1_000 * pieces) / ms;

/** What calling an application costs beside its own time, and how much of its limits is used. */
export async function benchScim(runs: number): Promise<Line[]> {
  const app = await startApplication();
  try {
    return [...(await creationLines(app, runs)), await membersLine(runs), ...(await paceLines(runs))];
  } finally {
    await app.child.stop();
  }
}

async function creationLines({ baseUrl, token, child }: Application, runs: number): Promise<Line[]> {
  const target = new ScimTarget({
    baseUrl,
    auth: { type: 'bearer', token: () => token },
    guard,
    connections: lanes,
    nowMs,
  });
  const url = new URL(baseUrl);
  const pool = new Pool(url.origin, { connections: lanes, pipelining: 1 });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' };
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
  const raw = async (userName: string): Promise<void> => {
    const body = JSON.stringify({ schemas, userName, displayName: userName, externalId: uuidv7(), active: true });
    const answer = await pool.request({ method: 'POST', path: `${url.pathname}/Users`, headers, body });
    if (answer.statusCode !== 201) throw new Error(`a creation was answered ${answer.statusCode}`);
    await answer.body.text();
  };
  const ours = async (userName: string): Promise<void> => {
    const sought = { identityId: uuidv7(), userName };
    await target.accounts.create(sought, { userName, displayName: userName }, reading);
  };
  const counted = { ours: newTally(), floor: newTally() };
  try {
    for (const make of [raw, ours]) await inLanes(lanes, block, () => make(`${uuidv7()}@corp.example`));
    for (let run = 0; run < runs; run += 1)
      for (let from = 0; from < creations; from += block)
        for (const [make, tally] of [[raw, counted.floor] as const, [ours, counted.ours] as const])
          await takeBlock(make, tally, { run, server: child.process.pid ?? 0 });
  } finally {
    await Promise.all([target.destroy(), pool.close()]);
  }
  const name = `${creations.toLocaleString('en')} creations in scimmy through the target port`;
  const line = (what: string, unit: string, of: (spent: Spent) => number, goal = ''): Line => ({
    ...{ name: `${name}${what}`, unit, goal, runs: counted.ours.map(of) },
    floor: { what: 'undici alone', runs: counted.floor.map(of) },
  });
  return [
    line('', '/s', ({ ms }) => perSecond(creations, ms), '80 % of undici alone'),
    line(': CPU of the client for one', 'ms', ({ client }) => client / creations),
    line(': CPU of the application for one', 'ms', ({ server }) => server / creations),
  ];
}

/** What the creations of one run took, in milliseconds. */
interface Spent {
  ms: number;
  client: number;
  server: number;
}

const newTally = (): Spent[] => [];

async function takeBlock(
  make: (userName: string) => Promise<void>,
  tally: Spent[],
  { run, server }: { readonly run: number; readonly server: number },
): Promise<void> {
  const spent = (tally[run] ??= { ms: 0, client: 0, server: 0 });
  const [before, atServer] = [process.cpuUsage(), cpuOf(server)];
  spent.ms += await timed(() => inLanes(lanes, block, () => make(`${uuidv7()}@corp.example`)));
  const { user, system } = process.cpuUsage(before);
  spent.client += (user + system) / 1_000;
  spent.server += cpuOf(server) - atServer;
}

async function membersLine(runs: number): Promise<Line> {
  const profile = { ...profileBy('aws-identity-center', {}), rate: [] };
  const ids = Array.from({ length: members }, (_, n) => `u${n}`);
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const server = await startQuirkServer(knownQuirks['aws-identity-center'] ?? []);
    const auth = { type: 'bearer', token: () => quirkToken } as const;
    const target = new ScimTarget({ baseUrl: server.baseUrl, auth, guard, connections: 1, nowMs }, profile);
    try {
      const group = server.directory.add('Groups', { displayName: 'All', members: [] })['id'] as string;
      const groups = target.entitlements('group');
      if (groups === null) throw new Error('there are groups');
      took.push(
        await timed(async () => {
          for (let from = 0; from < members; from += chunk)
            await groups.grant(group, ids.slice(from, from + chunk), reading);
        }),
      );
      const held = server.directory.groups.get(group)?.['members'];
      if (!Array.isArray(held) || held.length !== members) throw new Error('members are missing');
    } finally {
      await Promise.all([target.destroy(), server.stop()]);
    }
  }
  const name = `a group of ${members.toLocaleString('en')} members, ${chunk} in a request (AWS)`;
  return { name, unit: 'ms', runs: took };
}

/** What vendors publish, by the call that is counted. */
const published = [
  { template: 'slack', what: 'changes of users within the limits of Slack', calls: pacedCalls },
  { template: 'aws-identity-center', what: 'calls within the limits of AWS', calls: pacedCalls },
  { template: 'github-emu', what: 'new users within the limits of GitHub', calls: pacedCalls },
] as const;

/** By a clock that moves only when somebody waits: the published limits of a vendor, the rate that is reached, and what is refused. */
async function paceLines(runs: number): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { template, what, calls } of published) {
    const { rate, rateShared } = profileBy(template, {});
    const limits = rate.filter(({ methods }) => methods.length === 0 || methods.includes('POST'));
    const reached: number[] = [];
    const refused: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const { atMs, endMs } = await pacedCallsOf({ limits, shared: rateShared }, calls);
      reached.push(perSecond(calls, endMs));
      refused.push((100 * refusedOf(atMs, limits)) / calls);
    }
    const floor = { what: 'permitted', runs: reached.map(() => steadyRateOf(limits)) };
    const name = `${what}, by a simulated clock`;
    lines.push({ name, unit: '/s', runs: reached, floor, goal: '90 % of what is permitted' });
    lines.push({ name: `${what}: calls that meet 429`, unit: '%', runs: refused, goal: 'under 1 %' });
  }
  return lines;
}

/** When each call is made, and when the last one has its turn. */
async function pacedCallsOf(
  { limits, shared }: { readonly limits: readonly RateBucket[]; readonly shared: boolean },
  calls: number,
): Promise<{ atMs: number[]; endMs: number }> {
  let now = 0;
  const wait = (ms: number): Promise<void> => {
    now += ms;
    return Promise.resolve();
  };
  const pace = new Pace(limits, shared, { nowMs: () => now, wait });
  const atMs: number[] = [];
  for (let n = 0; n < calls; n += 1) {
    await pace.turn({ method: 'POST', path: '/Users' }, Infinity);
    atMs.push(now);
  }
  return { atMs, endMs: now };
}

/** Calls that an application refuses which counts those of the time that its limit is about, and not those that it refused. */
function refusedOf(atMs: readonly number[], limits: readonly RateBucket[]): number {
  const counted = limits.map(({ requests, perSeconds }) => ({
    requests,
    ms: perSeconds * 1_000,
    taken: [] as number[],
  }));
  let refused = 0;
  for (const at of atMs) {
    for (const one of counted) one.taken = one.taken.filter((then) => then > at - one.ms);
    if (counted.some(({ requests, taken }) => taken.length >= requests)) refused += 1;
    else for (const one of counted) one.taken.push(at);
  }
  return refused;
}
