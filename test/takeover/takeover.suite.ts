import { eventually } from '../support/eventually.js';
import { some } from '../support/some.js';
import { accountsOf, peopleOf, type Sizes } from './people.js';
import { type Existing, limits, type PreviewItem, type ShownThere, Takeover } from './takeover.js';

const byName = (accounts: readonly ShownThere[]): Map<string, ShownThere> =>
  new Map(accounts.map((one) => [one.userName, one]));

/** What the application holds after exactly this preview. */
function after(before: readonly ShownThere[], items: readonly PreviewItem[]): Map<string, Omit<ShownThere, 'id'>> {
  const expected = new Map(before.map(({ id: _, ...one }) => [one.userName, one]));
  for (const { effect, userName, changes } of items) {
    const name = userName ?? '';
    const present = expected.get(name) ?? { userName: name, active: true, familyName: '' };
    const familyName = changes.find(({ target }) => target === 'name.familyName')?.after;
    if (effect === 'disable') expected.set(name, { ...present, active: false });
    if (effect === 'create' || effect === 'link')
      expected.set(name, { ...present, familyName: String(familyName ?? present.familyName) });
  }
  return expected;
}

/** An application that was there before the hub is read, previewed and released. @param start it, without accounts */
export function takesOver(start: () => Promise<Existing>, sizes: Sizes): void {
  let takeover: Takeover;
  let before: readonly ShownThere[];
  beforeAll(async () => {
    takeover = await Takeover.begin(await start(), sizes);
    before = await takeover.accounts();
  }, 240_000);
  afterAll(() => takeover.end());

  it('writes nothing before the release, and then exactly the preview', async () => {
    const { matching, outdated, ambiguous, pairs, services, ghosts, newcomers } = sizes;
    expect([before.length, peopleOf(sizes).length]).toEqual([
      accountsOf(sizes).length,
      matching + 2 * pairs + ghosts + newcomers,
    ]);
    await takeover.isKnown(matching + 2 * pairs + newcomers);
    // A reading knows the people of whom governance has told by then.
    await eventually(async () => {
      const reading = await takeover.read();
      expect(reading.body).toMatchObject({ status: 'completed', accounts: before.length, missing: 0 });
      const { ghost } = await takeover.found();
      return ghost === ghosts;
    }, limits);
    expect(await takeover.found()).toEqual({
      matched: matching,
      ambiguous,
      'person-without-match': 0,
      'not-a-person': services,
      ghost: ghosts,
    });
    const exposed = await eventually(async () => {
      const open = await takeover.exposures();
      return open.length === ghosts ? open : undefined;
    }, limits);
    for (const { owners, dueAt } of some(exposed)) {
      expect(owners).toEqual([takeover.owner]);
      expect(Date.parse(dueAt)).toBeGreaterThan(0);
    }
    const leavers = before.filter(({ userName }) => userName.startsWith('g'));
    expect(exposed.map(({ account }) => account).sort()).toEqual(leavers.map(({ id }) => id).sort());

    const made = await takeover.preview();
    expect(made.counts).toMatchObject({
      links: matching,
      changes: outdated,
      creates: newcomers,
      disables: ghosts,
      waits: 2 * pairs,
      deletes: 0,
      removes: 0,
      fails: 0,
    });
    expect((await takeover.release(made.id, 'stranger')).status).toBe(403);
    await takeover.read();
    expect(takeover.recorder.writes).toEqual([]);
    expect(await takeover.accounts()).toEqual(before);

    const items = await takeover.items(made.id);
    expect((await takeover.release(made.id, 'owner')).status).toBe(200);
    expect(await takeover.isReleased(made.id)).toMatchObject({
      done: matching + newcomers + ghosts,
      leftOut: 0,
      next: null,
    });
    await takeover.isIdle(2 * pairs);
    const now = await takeover.accounts();
    const expected = after(before, items);
    expect(byName(now).size).toBe(now.length);
    expect(new Map(now.map(({ id: _, ...one }) => [one.userName, one]))).toEqual(expected);
    expect(takeover.recorder.writes).toHaveLength(newcomers + outdated + ghosts);

    // Read again, nothing is different: the ghosts are proven gone, and nothing more is written.
    expect((await takeover.read()).body).toMatchObject({ status: 'completed', missing: 0 });
    await eventually(async () => (await takeover.exposures()).length === 0, limits);
    expect((await takeover.preview()).counts).toMatchObject({ links: 0, changes: 0, creates: 0, disables: 0 });
    expect(takeover.recorder.writes).toHaveLength(newcomers + outdated + ghosts);
  }, 240_000);
}
