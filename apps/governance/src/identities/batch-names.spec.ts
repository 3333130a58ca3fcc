import { BatchNames } from './batch-names.js';
import { madeName, numberedName } from './user-name.js';

const john = { employeeId: '1', givenName: 'John', familyName: 'Smith', hireDate: '2026-03-02' };
const [one, two, three] = ['id-1', 'id-2', 'id-3'] as const;

/** Looks everything up, where these people have or had names. */
function lookedUp(names: BatchNames, given: Readonly<Record<string, string | null>> = {}): BatchNames {
  for (let wanted = names.toLookUp(); wanted.length > 0; wanted = names.toLookUp())
    names.lookedUp(
      wanted,
      wanted.filter((name) => name in given).map((name) => ({ name, bearer: given[name] ?? null })),
    );
  return names;
}
const asking = (...ids: string[]): BatchNames => {
  const names = new BatchNames(madeName);
  for (const id of ids) names.ask(id, john);
  return names;
};

describe('the names of a batch', () => {
  it('count as given as long as nobody has looked', () => {
    expect(asking(one).ofOthers(one).wasGiven('john.smith')).toBe(true);
    expect(lookedUp(asking(one)).ofOthers(one).wasGiven('john.smith')).toBe(false);
  });

  it('that somebody outside of the batch has or had are given, to everybody but that person', () => {
    const names = lookedUp(asking(one, two), { 'john.smith': two, 'john.smith2': null });
    expect(names.ofOthers(one).wasGiven('john.smith')).toBe(true);
    expect(names.ofOthers(two).wasGiven('john.smith')).toBe(false);
    expect(names.ofOthers(two).wasGiven('john.smith2')).toBe(true);
  });

  it('that somebody gives up within the batch stay given', () => {
    const names = lookedUp(asking(one, three));
    names.put(two, { name: 'john.smith', address: null });
    expect(names.ofOthers(one).isTaken('John.Smith')).toBe(true);
    names.remove(two, { name: 'john.smith', address: null });
    expect(names.ofOthers(one).isTaken('john.smith')).toBe(false);
    expect(names.ofOthers(one).wasGiven('john.smith')).toBe(true);
    expect(names.ofOthers(two).wasGiven('john.smith')).toBe(false);
  });

  it('are looked up until there is a free one for each person who asks, in few steps', () => {
    const all = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [numberedName('john.smith', index + 1), three]),
    );
    const names = asking(one, two);
    let steps = 0;
    for (let wanted = names.toLookUp(); wanted.length > 0; wanted = names.toLookUp()) {
      steps += 1;
      names.lookedUp(
        wanted,
        wanted.filter((name) => name in all).map((name) => ({ name, bearer: three })),
      );
    }
    expect(steps).toBeLessThan(12);
    expect(names.ofOthers(one).wasGiven('john.smith1000')).toBe(true);
    expect([1001, 1002].map((number) => names.ofOthers(one).wasGiven(`john.smith${number}`))).toEqual([false, false]);
  });

  it('ends where so many people share a name that no number is left', () => {
    const names = asking(one);
    for (let wanted = names.toLookUp(); wanted.length > 0; wanted = names.toLookUp())
      names.lookedUp(
        wanted,
        wanted.map((name) => ({ name, bearer: two })),
      );
    expect(names.ofOthers(one).wasGiven('john.smith10000')).toBe(true);
  });
});
