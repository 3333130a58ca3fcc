import type { Tx } from '#libs/event-store/database.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { Lease } from '#libs/event-store/lease.js';
import { eventually } from '../../../../../test/support/eventually.js';
import { storeUnderTest, type StoreUnderTest } from '../../../../../test/support/event-store.js';
import { account } from '../../accounts/account.js';
import type { AccountInSync } from '../../accounts/account.events.js';
import { Accounts } from '../../accounts/accounts.stream.js';
import { provisioning } from '../../provisioning.service.js';
import { Journal } from './journal.process.js';

describe('the journal of a connector', () => {
  let t: StoreUnderTest;
  let journal: Journal;
  beforeAll(async () => {
    t = await storeUnderTest({ schema: provisioning.name, migrations: provisioning.migrations });
    const lease = new Lease(t.db, 'connector.wiki', 'test');
    await lease.acquire();
    journal = new Journal(t.store, new Accounts(t.store), lease, () => new Date().toISOString());
  });
  afterAll(() => t.close());

  function write(bulk: boolean): Promise<unknown> {
    const identityId = uuidv7();
    const loaded = { id: Accounts.idOf(identityId, 'wiki'), state: account.initial, version: 0 };
    const fact: AccountInSync = {
      type: 'AccountInSync',
      v: 1,
      data: {
        operation: uuidv7(),
        connector: 'wiki',
        application: 'wiki',
        identityId,
        accountId: null,
        desired: { epoch: 1, sequence: 1 },
        because: [],
      },
    };
    const causation = { actor: 'service/provisioning', correlationId: uuidv7(), causationId: null, bulk };
    return journal.write(loaded, [fact], causation, null);
  }

  /** Nobody's work under the lease is committed until `during` is over. */
  async function held(during: () => Promise<void>): Promise<void> {
    await t.db.transaction(async (tx: Tx) => {
      await tx.query(`select 1 from lease for update`);
      await during();
    });
  }

  const waiting = async (): Promise<boolean> => {
    const rows = await t.db.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  };

  it('stores what somebody waits for before bulk entries that were there first', async () => {
    const written: Promise<unknown>[] = [];
    await held(async () => {
      written.push(write(true));
      await eventually(waiting);
      for (let n = 0; n < 30; n += 1) written.push(write(true));
      written.push(write(false));
    });
    await Promise.all(written);
    const rows = await t.db.query<{ bulk: boolean; together: number }>(
      `select bulk, count(*)::int as together from events group by tx, bulk order by tx`,
    );
    expect(rows).toEqual([
      { bulk: true, together: 1 },
      { bulk: false, together: 1 },
      { bulk: true, together: 30 },
    ]);
  });
});
