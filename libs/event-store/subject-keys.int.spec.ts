import { uuidv7 } from './ids.js';
import { SubjectKeys } from './subject-keys.js';
import { storeUnderTest, testMasterKey, type StoreUnderTest } from '../../test/support/event-store.js';

describe('the keys of subjects', () => {
  let t: StoreUnderTest;
  beforeAll(async () => {
    t = await storeUnderTest();
  });
  afterAll(() => t.close());

  async function stored(keys: SubjectKeys, count: number): Promise<string[]> {
    const made = Array.from({ length: count }, () => keys.create(uuidv7()));
    await t.db.query(SubjectKeys.insertSql, [made.map((k) => k.subject), made.map((k) => k.wrapped)]);
    return made.map((k) => k.subject);
  }

  it('are all there for a caller that asked for more than memory keeps', async () => {
    const keys = new SubjectKeys(t.db, testMasterKey, 3);
    const subjects = await stored(keys, 10);
    await keys.load(subjects.slice(0, 3));
    const ring = await keys.load(subjects);
    expect(subjects.map((s) => ring.open(s, ring.seal(s, s)))).toEqual(subjects);
  });

  it('are not kept when somebody was forgotten while they were read', async () => {
    const keys = new SubjectKeys(t.db, testMasterKey);
    const [ada = ''] = await stored(keys, 1);
    const loading = keys.load([ada]);
    await keys.forget(ada);
    const sealed = (await loading).seal(ada, 'x') ?? 'sealed before';
    expect((await keys.load([ada])).open(ada, sealed)).toBeNull();
  });

  it('that were made before somebody was forgotten are asked for again', async () => {
    const keys = new SubjectKeys(t.db, testMasterKey);
    const made = keys.create(uuidv7());
    await t.db.query(SubjectKeys.insertSql, [[made.subject], [made.wrapped]]);
    await keys.forget(made.subject);
    keys.remember(made);
    expect((await keys.load([made.subject])).seal(made.subject, 'x')).toBeNull();
  });
});
