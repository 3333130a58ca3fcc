import { follow, type Trail, trailhead, type TrailPage } from './token-paging.js';

type Answers = Readonly<Record<string, Partial<TrailPage<string>> & { readonly ids: readonly string[] }>>;

/** Reads a list to its end, at most 100 pages. */
function read(answers: Answers) {
  const items: string[] = [];
  let trail: Trail | null = trailhead;
  let complete = false;
  let requests = 0;
  while (trail !== null && requests < 100) {
    requests += 1;
    const path: string = trail.path ?? '/';
    const { ids = [], ...page } = answers[path] ?? {};
    const entries = ids.map((id) => [id, id === 'bad' ? null : id] as const);
    const taken: ReturnType<typeof follow<string>> = follow(trail, { path, total: null, next: null, ...page, entries });
    items.push(...taken.items);
    ({ next: trail, complete } = taken);
  }
  return { items, complete, requests };
}

const circle = (length: number): Answers =>
  Object.fromEntries(
    Array.from({ length }, (_, n) => [
      n === 0 ? '/' : `/${n}`,
      { ids: [`u${n}`], next: n + 1 < length ? `/${n + 1}` : '/3' },
    ]),
  );

describe('a list whose answers say where it goes on', () => {
  it('is complete when the last page says that it is the last', () => {
    const answers = { '/': { ids: ['a', 'b'], next: '/?at=x' }, '/?at=x': { ids: ['c'] } };
    expect(read(answers)).toEqual({ items: ['a', 'b', 'c'], complete: true, requests: 2 });
    expect(read({ '/': { ids: [] } })).toMatchObject({ items: [], complete: true });
  });

  it('with numbered pages is complete when as many were shown as there are', () => {
    const answers = (total: number | null): Answers => ({
      '/': { ids: ['a', 'b'], next: '/?page=2', total },
      '/?page=2': { ids: ['c'], total },
    });
    expect(read(answers(3)).complete).toBe(true);
    expect(read(answers(4)).complete).toBe(false);
    expect(read(answers(null)).complete).toBe(false);
  });

  it.each<[string, Answers]>([
    ['whose count changes', { '/': { ids: ['a'], next: '/x', total: 2 }, '/x': { ids: ['b'], total: 3 } }],
    ['that shows an item of the page before', { '/': { ids: ['a', 'b'], next: '/x' }, '/x': { ids: ['b', 'c'] } }],
    ['that shows one item twice', { '/': { ids: ['a', 'a'] } }],
    ['with an item that cannot be read', { '/': { ids: ['a', 'bad'] } }],
    ['that leads to itself', { '/': { ids: ['a'], next: '/' } }],
    ['in a circle', circle(4)],
    ['in a wide circle', circle(30)],
  ])('%s is never complete, and ends', (_, answers) => {
    const { complete, requests } = read(answers);
    expect(complete).toBe(false);
    expect(requests).toBeLessThan(100);
  });
});
