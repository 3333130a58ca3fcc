import { eventually } from '../support/eventually.js';
import { some } from '../support/some.js';
import type { ScimStub } from '../targets/scim-stub.js';
import type { Faults } from '../targets/scim-stub-faults.js';
import type { World } from './world.js';

type Listed = { readonly totalResults: number; readonly Resources: readonly { readonly id: string }[] };
/** What an application shows in place of a page. @param from the first place of the page, from 1 */
type Shows = (page: Listed, from: number, stub: ScimStub) => object | null;

/** What the application does wrong with its list of accounts. */
interface BadList {
  readonly name: string;
  readonly faults?: Faults;
  readonly shows?: Shows;
  /** How a reading of such a list may end. */
  readonly ends: readonly ReadingStatus[];
}

type ReadingStatus = 'completed' | 'held' | 'failed';
interface Reading {
  readonly id: string;
  readonly status: ReadingStatus | 'running';
  readonly reason: string | null;
  readonly accounts: number;
}

const listOfUsers = /\/Users\?(?!.*filter=).*startIndex=(\d+)/;
const hidden = (page: Listed, isHidden: (id: string) => boolean): object => {
  const Resources = page.Resources.filter(({ id }) => !isHidden(id));
  return { ...page, Resources, itemsPerPage: Resources.length };
};

const lists: readonly BadList[] = [
  { name: 'loses every third page', faults: { loseGetEvery: 3, pathPart: 'startIndex' }, ends: ['completed'] },
  {
    name: 'answers every third page 503',
    faults: { refuseEvery: 3, refuseWith: 503, refuseMethod: 'GET', pathPart: 'startIndex' },
    ends: ['completed'],
  },
  {
    name: 'refuses the second page',
    faults: { refuseEvery: 1, refuseWith: 403, refuseMethod: 'GET', pathPart: 'startIndex=100&' },
    ends: ['failed', 'held'],
  },
  { name: 'ends after its first page', shows: (_, from) => (from > 1 ? { Resources: [] } : null), ends: ['held'] },
  {
    name: 'counts more than it shows',
    shows: ({ totalResults }) => ({ totalResults: totalResults + 90 }),
    ends: ['held'],
  },
  {
    name: 'begins again where it should end',
    shows: (page, from, { directory }) =>
      from > 200
        ? { ...page, Resources: directory.dump().users.slice(0, 100), totalResults: 5_000 }
        : { totalResults: 5_000 },
    ends: ['held'],
  },
  {
    name: 'leaves out accounts that can be read by their ids',
    shows: (page, _, { directory }) =>
      hidden(page, (id) =>
        directory
          .dump()
          .users.slice(7, 10)
          .some((one) => one.id === id),
      ),
    ends: ['held'],
  },
  {
    name: 'shows half of its accounts',
    shows: (page) => hidden(page, (id) => Number.parseInt(id.slice(-1), 16) % 2 === 0),
    ends: ['held'],
  },
];

/** So many that a list has three pages. */
const people = 230;
const limits = { timeoutMs: 90_000, everyMs: 100 } as const;
const connector = '/provisioning/v1/connectors/wiki';

/** Reads the application of a world amid deaths and broken lists. */
export function readsAmid(points: readonly string[], world: () => World): void {
  const client = () => world().client;
  const get = <Body>(path: string): Promise<Body> => client().get<Body>(`${connector}${path}`, 'connector-admin');
  const ask = async (): Promise<string> => {
    const asked = async () => ({ token: await client().token('connector-admin'), body: {} });
    return (await client().answered<{ id: string }>('POST', `${connector}/reconcile`, asked)).body.id;
  };
  const ended = (id: string): Promise<Reading> =>
    eventually(async () => {
      const reading = await get<Reading>(`/readings/${id}`);
      if (reading.status === 'running') throw new Error(`it has not ended: ${JSON.stringify(reading)}`);
      return reading;
    }, limits);
  const shown = async (filter: string): Promise<string[]> => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const place: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/observed-accounts?limit=500&filter=${encodeURIComponent(filter)}${place}`;
      const page: { items: { account: string }[]; nextCursor: string | null } = await get(path);
      found.push(...page.items.map(({ account }) => account));
      cursor = page.nextCursor;
    }
    return found.sort();
  };
  const there = (): string[] =>
    world()
      .stub.dump()
      .users.map(({ id }) => id)
      .sort();
  /** Nothing that is there counts as gone. */
  const lossless = async (): Promise<void> => {
    const accounts = new Set(there());
    expect((await shown('missing eq true')).filter((id) => accounts.has(id))).toEqual([]);
  };
  const exact = async (): Promise<void> => {
    const reading = await ended(await ask());
    expect(reading).toMatchObject({ status: 'completed', accounts: there().length });
    expect(await shown('missing eq false')).toEqual(there());
  };

  beforeAll(async () => {
    await world().hire('100');
    await world().import(Array.from({ length: people }, (_, n) => `5${n}`));
    await world().quiescence();
    await exact();
  }, 180_000);

  it.each(points)('a reading killed at %s is made again, and takes nobody for gone', async (point) => {
    const deaths = world().deaths;
    const index = points.indexOf(point);
    await world().relaunch(point);
    const id = await ask();
    await world().hire(`6${index}a`);
    await world().leave(`5${index}`);
    // Who comes and goes meanwhile may move the list so that it is not believed.
    expect(['completed', 'held']).toContain((await ended(id)).status);
    if (world().deaths === deaths) throw new Error(`${point} was never reached: is it still in the code?`);
    await world().quiescence();
    await lossless();
    await exact();
  });

  it.each(lists.map((list, index) => ({ ...list, index })))(
    'nobody counts as gone in an application whose list $name',
    async ({ faults = {}, shows, ends, index }) => {
      const { stub } = world();
      const { reply } = stub;
      stub.faults = faults;
      if (shows !== undefined) stub.reply = replyOf(shows, stub, reply);
      try {
        const id = await ask();
        await world().hire(`7${index}a`);
        await world().leave(`5${50 + index}`);
        expect(some(ends)).toContain((await ended(id)).status);
        await lossless();
        await world().quiescence();
      } finally {
        stub.faults = {};
        stub.reply = reply;
      }
      await exact();
    },
  );
}

/** @param others answers everything but lists of accounts */
const replyOf =
  (shows: Shows, stub: ScimStub, others: ScimStub['reply']): ScimStub['reply'] =>
  (request, usual) => {
    const [, from] = listOfUsers.exec(request.url) ?? [];
    if (request.method !== 'GET' || from === undefined) return others(request, usual);
    const answer = usual();
    const change = shows(answer.body as Listed, Number(from), stub);
    return change === null ? answer : { ...answer, body: { ...(answer.body as object), ...change } };
  };
