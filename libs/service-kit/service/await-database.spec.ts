import { awaitingDatabase } from './await-database.js';

class NotMigrated extends Error {
  override readonly name = 'NotMigrated';
}
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Fails with each of these in turn, then starts. */
function startAfter(...failures: Error[]): () => Promise<string> {
  return () => {
    const failure = failures.shift();
    return failure === undefined ? Promise.resolve('started') : Promise.reject(failure);
  };
}

describe('a start that may wait for its database', () => {
  const reasons: string[] = [];
  beforeEach(() => reasons.splice(0));
  const onWait = (why: string): void => void reasons.push(why);

  it('goes on when the database is there and migrated, and says each reason once', async () => {
    const start = startAfter(away, away, new NotMigrated('the schema hr lacks 3 migrations'));
    expect(await awaitingDatabase(start, { seconds: 60, onWait })).toBe('started');
    expect(reasons).toEqual([
      expect.stringContaining('the database cannot be reached (ECONNREFUSED)'),
      expect.stringContaining('lacks 3 migrations: run npm run hub -- migrate'),
    ]);
  });

  it('fails at once without the time to wait, and for any other reason', async () => {
    await expect(awaitingDatabase(startAfter(away), { seconds: 0, onWait })).rejects.toBe(away);
    const wrongKey = new Error('HUB_MASTER_KEY: is not the key');
    await expect(awaitingDatabase(startAfter(wrongKey), { seconds: 60, onWait })).rejects.toBe(wrongKey);
    expect(reasons).toEqual([]);
  });

  it('ends when the process is told to stop', async () => {
    const stopping = AbortSignal.abort();
    const waiting = awaitingDatabase(startAfter(away), { seconds: 60, stopping, onWait });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
