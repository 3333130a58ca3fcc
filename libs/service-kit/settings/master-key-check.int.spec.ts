import { MasterKey } from '#libs/event-store/master-key.js';
import { SubjectKeys } from '#libs/event-store/subject-keys.js';
import { testMasterKey, storeUnderTest } from '../../../test/support/event-store.js';
import { busMigrations } from '#libs/event-bus/event-bus.migrations.js';
import { requireMasterKey } from './master-key-check.store.js';
import { serviceKitMigrations, sharedKitMigrations } from '../service/service-kit.migrations.js';

const otherKey = new MasterKey(Buffer.alloc(32, 8));
const migrations = [...busMigrations, ...serviceKitMigrations, ...sharedKitMigrations];
const refused = {
  name: 'WrongMasterKey',
  message: expect.stringContaining('HUB_MASTER_KEY: is not the key') as string,
};

describe('the master key of a database', () => {
  it('is the one of the first start: another is refused, for every service of the database', async () => {
    const first = await storeUnderTest({ schema: 'governance', migrations });
    try {
      await requireMasterKey(first.db, testMasterKey);
      await requireMasterKey(first.db, testMasterKey);
      await expect(requireMasterKey(first.db, otherKey)).rejects.toMatchObject(refused);
      const { db } = await first.another();
      await expect(requireMasterKey(db, otherKey)).rejects.toMatchObject(refused);
    } finally {
      await first.close();
    }
  });

  it('is told by a sealed key where no check value was stored yet', async () => {
    const { db, store, close } = await storeUnderTest({ migrations });
    try {
      const subject = '018f0000-0000-7000-8000-000000000001';
      const key = store.keys.create(subject);
      await db.query(SubjectKeys.insertSql, [[subject], [key.wrapped]]);
      await expect(requireMasterKey(db, otherKey)).rejects.toMatchObject(refused);
      expect(await db.query(`select 1 from bus.master_key_check`)).toEqual([]);
      await requireMasterKey(db, testMasterKey);
    } finally {
      await close();
    }
  });

  it('is one of two when two services start at once with different keys: the other is refused', async () => {
    const { db, close } = await storeUnderTest({ migrations });
    try {
      const both = await Promise.allSettled([requireMasterKey(db, testMasterKey), requireMasterKey(db, otherKey)]);
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    } finally {
      await close();
    }
  });
});
