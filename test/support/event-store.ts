import { Database } from '#libs/event-store/database.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { eventStoreMigrations } from '#libs/event-store/event-store.migrations.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { MasterKey } from '#libs/event-store/master-key.js';
import type { MigrationInterface } from 'typeorm';
import { freshDatabase } from './postgres.js';

export interface StoreUnderTest {
  readonly url: string;
  readonly db: Database;
  readonly store: EventStore;
  /** Another connection pool and store on the same database and schema, as a second process would have. */
  another(): Promise<{ db: Database; store: EventStore }>;
  close(): Promise<void>;
}

export const testMasterKey = new MasterKey(Buffer.alloc(32, 7));

/** A store in a database of its own. `now` gives the hub's time. */
export async function storeUnderTest({
  schema = 'test',
  migrations = [],
  now = () => new Date().toISOString(),
}: {
  schema?: string;
  migrations?: readonly (new () => MigrationInterface)[];
  now?: () => string;
} = {}): Promise<StoreUnderTest> {
  const { url, drop } = await freshDatabase();
  const opened: Database[] = [];
  const open = async (): Promise<{ db: Database; store: EventStore }> => {
    const db = await Database.open({ url, schema, migrations: [...eventStoreMigrations, ...migrations] });
    opened.push(db);
    return { db, store: new EventStore(db, testMasterKey, now, await currentEpoch(db)) };
  };
  const first = await open();
  return {
    url,
    ...first,
    another: open,
    close: async () => {
      await Promise.all(opened.map((db) => db.close()));
      await drop();
    },
  };
}
