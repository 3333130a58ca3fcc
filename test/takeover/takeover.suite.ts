import { eventually } from '../support/eventually.js';
import { some } from '../support/some.js';
import { limits, type RunningCompany } from './company.js';
import { accountsOf, type Workforce } from './people.js';
import { type Existing, type PreviewItem, type ShownThere, Takeover } from './takeover.js';

const byName = (accounts: readonly ShownThere[]): Map<string, Omit<ShownThere, 'id'>> =>
  new Map(accounts.map(({ id: _, ...one }) => [one.userName, one]));

/** What the application holds after exactly this preview. */
function after(before: readonly ShownThere[], items: readonly PreviewItem[]): Map<string, Omit<ShownThere, 'id'>> {
  const expected = byName(before);
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

/** An application of a running company that was there before the hub. */
export interface TakenOver {
  readonly id: string;
  readonly workforce: Workforce;
  readonly company: () => RunningCompany;
  /** Starts it, without accounts. */
  readonly start: () => Promise<Existing>;
}

/** It is read, previewed, released, read again, and what was found there is certified. */
export function takesOver({ id, workforce, company, start }: TakenOver): void {
  const { matching, outdated, ambiguous, pairs, services, ghosts, newcomers } = workforce.sizes;
  let takeover: Takeover;
  let before: readonly ShownThere[];
  /** Also where the beginning failed. */
  let end: () => Promise<void> = () => Promise.resolve();
  beforeAll(async () => {
    const app = await start();
    end = () => app.stop();
    takeover = await Takeover.begin(company(), id, workforce, app);
    end = () => takeover.end();
    before = await takeover.accounts();
  }, 240_000);
  afterAll(() => end());

  it('is read: each account is a person’s, in dispute, no person’s or a ghost, and nothing is written', async () => {
    expect(before).toHaveLength(accountsOf(workforce).length);
    await takeover.isKnown(matching + 2 * pairs + newcomers);
    // A reading knows the people of whom governance has told by then.
    await eventually(async () => {
      const reading = await takeover.read();
      expect(reading.body).toMatchObject({ status: 'completed', accounts: before.length, missing: 0 });
      return (await takeover.found())['ghost'] === ghosts;
    }, limits);
    expect(await takeover.found()).toEqual({
      matched: matching,
      ambiguous,
      'person-without-match': 0,
      'not-a-person': services,
      ghost: ghosts,
    });
    expect(takeover.recorder.writes).toEqual([]);
  });

  it('has its ghosts as exposures with owner and deadline', async () => {
    const exposed = await eventually(async () => {
      const open = await takeover.exposures();
      return open.length === ghosts ? open : undefined;
    }, limits);
    for (const { owners, dueAt } of some(exposed)) {
      expect(owners).toEqual([takeover.owner]);
      expect(Date.parse(dueAt)).toBeGreaterThan(0);
    }
    const ofLeavers = before.filter(({ userName }) => userName.startsWith(`${workforce.department}-g`));
    expect(exposed.map(({ account }) => account).sort()).toEqual(ofLeavers.map((one) => one.id).sort());
  });

  it('is written to by the owner’s release alone, and exactly as the preview shows', async () => {
    // What was found becomes access of its own, and changes what is desired: the preview is made after that.
    await eventually(async () => (await takeover.asFound()).length === matching, limits);
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
    expect(takeover.recorder.writes).toEqual([]);
    expect(byName(await takeover.accounts())).toEqual(byName(before));

    const { done, items } = await takeover.releaseAll(made.id);
    expect(done).toBe(matching + newcomers + ghosts);
    await takeover.isIdle(2 * pairs);
    const now = await takeover.accounts();
    expect(byName(now).size).toBe(now.length);
    expect(byName(now)).toEqual(after(before, items));
    expect(takeover.recorder.writes).toHaveLength(newcomers + outdated + ghosts);
  }, 240_000);

  it('is as it should be when it is read again: the ghosts are proven gone, and nothing more is written', async () => {
    expect((await takeover.read()).body).toMatchObject({ status: 'completed', missing: 0 });
    await eventually(async () => (await takeover.exposures()).length === 0, limits);
    expect((await takeover.preview()).counts).toMatchObject({ links: 0, changes: 0, creates: 0, disables: 0 });
    expect(takeover.recorder.writes).toHaveLength(newcomers + outdated + ghosts);
  });

  it('ends with each found access certified or taken away', async () => {
    await takeover.decideFound('revoke', `employeeId sw "${workforce.department}-m1"`);
    const rest = await takeover.asFound();
    expect(rest.length).toBeLessThan(matching);
    await takeover.decideFound('certify', `department eq "${workforce.department}"`);
    const decided = await takeover.asFound();
    expect(decided).toHaveLength(rest.length);
    expect(decided.filter(({ cause }) => cause.certifiedBy === null)).toEqual([]);
    // Whose found access was taken away has the account by a rule, too: nothing is lost.
    expect(takeover.recorder.writes).toHaveLength(newcomers + outdated + ghosts);
  }, 240_000);
}
