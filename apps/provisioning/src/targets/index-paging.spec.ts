import { beginning, positionOf, type ShownPage, step, type Walk } from './index-paging.js';

const asked = 3;
const named = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `u${from + n}`);

/** Reads a list to its end. @param answer what the application shows at a position */
function read(answer: (position: number, request: number) => { ids: readonly string[]; total: number | null }) {
  const items: string[] = [];
  let walk: Walk | null = beginning;
  let complete = false;
  let requests = 0;
  while (walk !== null) {
    const { ids, total } = answer(positionOf(walk), requests++);
    const page: ShownPage<string> = { entries: ids.map((id) => [id, id === 'bad' ? null : id]), total, asked };
    const taken: ReturnType<typeof step<string>> = step(walk, page);
    items.push(...taken.items);
    ({ next: walk, complete } = taken);
  }
  return { items, complete, requests };
}

/** A list that may be another one at each request. */
const list =
  (
    listed: (request: number) => readonly string[],
    count: (ids: readonly string[]) => number | null = (ids) => ids.length,
  ) =>
  (position: number, request: number) => {
    const ids = listed(request);
    return { ids: ids.slice(position, position + asked), total: count(ids) };
  };

describe('a list by position', () => {
  const eight = named(0, 8);

  it.each([0, 1, 2, 3, 4, 5, 7, 8, 9])('of %i is complete when all of it was shown', (length) => {
    const all = named(0, length);
    expect(read(list(() => all))).toMatchObject({ items: all, complete: true });
  });

  it('is complete without a count where the last page shows nothing but the item before', () => {
    expect(
      read(
        list(
          () => eight,
          () => null,
        ),
      ),
    ).toMatchObject({ items: eight, complete: true });
  });

  it('shown all at once, whatever is asked for, is complete when it is shorter than what was asked for', () => {
    expect(read(() => ({ ids: ['u0', 'u1'], total: 2 }))).toMatchObject({ items: ['u0', 'u1'], complete: true });
  });

  const broken: [string, ReturnType<typeof list>][] = [
    [
      'that is cut',
      list(
        () => eight.slice(0, 5),
        () => 8,
      ),
    ],
    [
      'that counts one page as everything',
      list(
        () => eight,
        (ids) => Math.min(ids.length, asked),
      ),
    ],
    [
      'that counts too many',
      list(
        () => eight,
        () => 9,
      ),
    ],
    [
      'that counts too few',
      list(
        () => eight,
        () => 7,
      ),
    ],
    ['that shrinks', list((request) => (request < 2 ? eight : eight.slice(1)))],
    ['that shrinks at the end', list((request) => (request < 2 ? eight : eight.slice(0, 6)))],
    ['that grows', list((request) => (request < 2 ? eight : named(0, 9)))],
    ['from which one goes and to which one comes', list((request) => (request < 1 ? eight : named(1, 9)))],
    [
      'to which one comes at the head, and from which one goes',
      list((r) => (r < 1 ? eight : ['x', ...eight.slice(0, 7)])),
    ],
    ['that shows its first page again and again', () => ({ ids: named(0, 3), total: 8 })],
    ['that shows its first page again and again without a count', () => ({ ids: named(0, 3), total: null })],
    ['with an object that cannot be read', list(() => [...eight.slice(0, 4), 'bad', ...eight.slice(5)])],
    ['with one object twice in one page', list(() => ['u0', 'u1', 'u1', 'u2'])],
    ['that never ends', (position) => ({ ids: named(position + 1, position + 4), total: 20 })],
    ['that becomes empty', list((request) => (request < 1 ? eight : []))],
    ['that begins at the second', (p) => ({ ids: eight.slice(p + 1, p + 1 + asked), total: 8 })],
  ];
  it.each(broken)('%s is never complete, and ends', (_, answer) => {
    expect(read(answer)).toMatchObject({ complete: false });
  });

  it('goes on after it moved', () => {
    expect(read(list((request) => (request < 1 ? eight : eight.slice(1)))).items).toEqual(
      expect.arrayContaining(['u0', 'u1', 'u2', 'u4', 'u5', 'u6', 'u7']),
    );
  });
});
