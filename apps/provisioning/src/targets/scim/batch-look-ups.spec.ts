import { createServer, type Server } from 'node:http';
import { AddressGuard } from '#libs/outgoing/address-guard.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { ScimClient } from '#libs/scim/client/scim-client.js';
import { StubDirectory } from '../../../../../test/targets/scim-stub-directory.js';
import type { SoughtAccount } from '../target.js';
import { BatchLookUps } from './batch-look-ups.js';
import { some } from '../../../../../test/support/some.js';

const unlimited = (): object => ({});
const person = (n: number): SoughtAccount => ({
  identityId: `0cef445f-fefb-5d1f-b79a-${String(n).padStart(12, '0')}`,
  userName: `person.${n}@corp.example`,
});
const people = (count: number): SoughtAccount[] => Array.from({ length: count }, (_, n) => person(n + 1));
const witnesses = [person(901), person(902)];

describe('looking up a batch', () => {
  let directory: StubDirectory;
  let questions: string[];
  /** What the application does with a question; by default what SCIM says. */
  let answer: (filter: string) => { status: number; body: object };
  let server: Server;
  let client: ScimClient;
  let nowMs: number;
  let batchLookUps: BatchLookUps;

  const found = (filter: string): { status: number; body: { totalResults: number; Resources: object[] } } =>
    directory.answer('GET', `/Users?filter=${encodeURIComponent(filter)}`, '') as ReturnType<typeof found>;

  beforeEach(async () => {
    directory = new StubDirectory();
    questions = [];
    answer = found;
    nowMs = 0;
    server = createServer(({ url = '' }, response) => {
      const filter = new URL(url, 'http://application').searchParams.get('filter') ?? '';
      questions.push(filter);
      const { status, body } = answer(filter);
      response.writeHead(status, { 'content-type': 'application/scim+json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    client = new ScimClient({
      baseUrl: `http://127.0.0.1:${port}`,
      auth: { type: 'bearer', token: () => 'token' },
      guard: new AddressGuard([], true),
      connections: 2,
      nowMs: () => nowMs,
    });
    batchLookUps = new BatchLookUps(client, () => nowMs);
    for (const one of witnesses) made(one);
  });
  afterEach(async () => {
    await client.destroy();
    await new Promise((done) => server.close(done));
  });

  function made(one: SoughtAccount): void {
    directory.addUser({ userName: one.userName, externalId: one.identityId });
    batchLookUps.made(one);
  }

  it('asks once for all who wait, and tells each what was found for it', async () => {
    const all = people(8);
    for (const one of all) batchLookUps.expect(one);
    directory.addUser({ userName: 'other', externalId: person(3).identityId });
    directory.addUser({ userName: 'PERSON.4@corp.example' });
    const answers = await Promise.all(all.map((one) => batchLookUps.find(one, unlimited)));
    expect(answers.map((users) => users?.map(({ userName }) => userName))).toEqual([
      [],
      [],
      ['other'],
      ['PERSON.4@corp.example'],
      ...Array.from({ length: 4 }, () => []),
    ]);
    expect(questions).toHaveLength(1);
  });

  it('keeps a question short enough for servers that take 2,048 characters', async () => {
    const all = people(100);
    for (const one of all) batchLookUps.expect(one);
    expect(await Promise.all(all.map((one) => batchLookUps.find(one, unlimited)))).toEqual(all.map(() => []));
    expect(questions.length).toBeLessThan(15);
    for (const filter of some(questions)) expect(encodeURIComponent(filter).length).toBeLessThan(2_000);
  });

  it('asks nothing for one alone, before two accounts are known to be there, or for whom it was told to forget', async () => {
    batchLookUps.expect(person(1));
    expect(await batchLookUps.find(person(1), unlimited)).toBeNull();
    batchLookUps.expect(person(2));
    batchLookUps.forget(person(2));
    expect(await batchLookUps.find(person(2), unlimited)).toBeNull();
    const stranger = new BatchLookUps(client, () => nowMs);
    stranger.made(person(901));
    for (const one of people(2)) stranger.expect(one);
    expect(await stranger.find(person(1), unlimited)).toBeNull();
    expect(questions).toEqual([]);
  });

  it('relies on no answer that has become old', async () => {
    for (const one of people(3)) batchLookUps.expect(one);
    expect(await batchLookUps.find(person(1), unlimited)).toEqual([]);
    directory.addUser({ externalId: person(2).identityId });
    nowMs += 10_000;
    expect(await batchLookUps.find(person(2), unlimited)).toBeNull();
  });

  const first =
    (count: number) =>
    (filter: string): ReturnType<typeof found> =>
      found(filter.split(' or ').slice(0, count).join(' or '));
  const everybody = (): ReturnType<typeof found> => found('userName pr');
  const uncounted = (filter: string): { status: number; body: object } => {
    const { Resources } = found(filter).body;
    return { status: 200, body: { Resources } };
  };
  const countedInText = (filter: string): { status: number; body: object } => {
    const { totalResults, Resources } = found(filter).body;
    return { status: 200, body: { totalResults: String(totalResults), Resources } };
  };
  const aPage = (filter: string): { status: number; body: object } => {
    const { totalResults, Resources } = found(filter).body;
    return { status: 200, body: { totalResults, Resources: Resources.slice(0, 1) } };
  };
  const byUserNameAlone = (filter: string): ReturnType<typeof found> =>
    found(
      filter
        .split(' or ')
        .filter((clause) => clause.startsWith('userName'))
        .join(' or '),
    );
  it.each([
    ['reads the first clause only', first(1)],
    ['reads the first ten clauses only', first(10)],
    ['knows no externalId', byUserNameAlone],
    ['answers every question with everybody', everybody],
    ['does not say how many there are', uncounted],
    ['counts in text', countedInText],
    ['answers with a page', aPage],
    ['refuses the question', () => ({ status: 400, body: { scimType: 'invalidFilter' } })],
    ['breaks down over it', () => ({ status: 500, body: {} })],
  ])('believes nothing of an application that %s, and after three times asks no more', async (_, does) => {
    answer = does;
    directory.addUser({ userName: 'somebody else' });
    const all = people(60);
    for (const one of all) batchLookUps.expect(one);
    for (const one of some(all)) expect(await batchLookUps.find(one, unlimited)).toBeNull();
    expect(questions).toHaveLength(3);
  });

  it('reports to the caller that the application refuses everybody, and the others nothing', async () => {
    answer = () => ({ status: 429, body: {} });
    for (const one of people(2)) batchLookUps.expect(one);
    const [asked, other] = await Promise.allSettled(people(2).map((one) => batchLookUps.find(one, unlimited)));
    expect(asked).toMatchObject({ status: 'rejected', reason: expect.any(CallFailure) });
    expect(other).toEqual({ status: 'fulfilled', value: null });
  });
});
