import { hasShape } from '#libs/event-store/core.js';
import { setTimeout as delay } from 'node:timers/promises';
import { operators, services } from './republish.js';
import { bodyOf, RunningHub } from './running-hub.js';
import { parsed, usage } from './usage.js';

/** Between two looks at how far it has come, in milliseconds. */
const lookMs = 500;

interface Position {
  readonly group: string;
  readonly topic: string;
  readonly state: string;
  readonly resumption: { readonly id: string; readonly since: string; readonly waitsFor: readonly string[] } | null;
}

interface Positions {
  readonly items: readonly Position[];
}
const isPositions = hasShape<Positions>({ items: 'list' });

/** What one service is to publish again. */
interface Need {
  readonly source: string;
  readonly topic: string;
  readonly id: string;
  readonly since: string;
}

/**
 * `hub resume SERVICE --reason TEXT`: the readers of a service that lost their position go on. Each source publishes
 * again what they miss; the command ends when they have it. Exit 0 resumed, 1 not, 2 usage.
 */
export async function resume(args: readonly string[]): Promise<number> {
  const given = parsed(args, ['reason', 'url', 'token']);
  const reason = given?.values.reason;
  if (given === null || reason === undefined || !services.includes(given.file)) {
    process.stderr.write(`SERVICE must be one of ${services.join(', ')}, and --reason says why\n${usage}`);
    return 2;
  }
  const service = given.file;
  const hub = await RunningHub.at(given.values, { name: 'hub-resume', roles: operators });
  const begun = await positionsIn(await hub.callWith('POST', `/${service}/v1/positions/resume`, { reason }));
  if (begun.length === 0) {
    process.stdout.write(`no reader of ${service} has lost its position\n`);
    return 0;
  }
  for (const { group, topic, resumption } of begun)
    process.stdout.write(
      `${group} resumes on ${topic}, with everything since ${resumption?.since ?? 'the beginning'}\n`,
    );
  const elsewhere = await askSources(hub, needsOf(begun));
  if (elsewhere.length > 0) {
    process.stderr.write(`not at this address: give each of these its own --url\n${elsewhere.join('\n')}\n`);
    return 1;
  }
  return await untilResumed(hub, service);
}

async function positionsIn(response: Response): Promise<readonly Position[]> {
  return (await bodyOf<Positions>(isPositions, response)).items;
}

/** Each source and topic once, from the earliest instant that a reader of the resumption needs. */
function needsOf(positions: readonly Position[]): readonly Need[] {
  const all = positions.flatMap(({ topic, resumption }) =>
    resumption === null
      ? []
      : resumption.waitsFor.map((source) => ({ source, topic, id: resumption.id, since: resumption.since })),
  );
  const same = Map.groupBy(all, ({ source, topic, id }) => [source, topic, id].join(' '));
  return [...same.values()].flatMap((some) => some.toSorted((a, b) => (a.since < b.since ? -1 : 1)).slice(0, 1));
}

/** @returns the commands for sources that this address does not serve */
async function askSources(hub: RunningHub, needs: readonly Need[]): Promise<readonly string[]> {
  const elsewhere: string[] = [];
  for (const { source, topic, id, since } of needs) {
    const response = await hub.answer('POST', `/${source}/v1/republications`, { from: since, topic, for: id });
    if (response.status === 404)
      elsewhere.push(`npm run hub -- republish ${source} --from ${since} --topic ${topic} --for ${id} --url ADDRESS`);
    else if (!response.ok) throw new Error(`${source} refused with ${response.status}: ${await response.text()}`);
  }
  return elsewhere;
}

async function untilResumed(hub: RunningHub, service: string): Promise<number> {
  let told = '';
  for (;;) {
    const items = await positionsIn(await hub.call('GET', `/${service}/v1/positions`));
    const left = items.filter(({ state }) => state !== 'reading');
    if (left.length === 0) {
      process.stdout.write(`${service} reads on\n`);
      return 0;
    }
    if (left.some(({ state }) => state === 'gone')) {
      process.stderr.write(`a position of ${service} was lost again: run the command again\n`);
      return 1;
    }
    const waits = [...new Set(left.flatMap(({ resumption }) => resumption?.waitsFor ?? []))].join(', ');
    if (waits !== told) process.stderr.write(`${service} waits for ${waits}\n`);
    told = waits;
    await delay(lookMs);
  }
}
