import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { parseVkey } from '#libs/merkle-log/note.js';
import { testMasterKey } from '../../../../test/support/event-store.js';
import { eventually } from '../../../../test/support/eventually.js';
import { auditUnderTest, type AuditUnderTest } from '../audit-under-test.fixtures.js';
import { CheckRows } from './check-rows.query.js';
import { LeafParts } from './leaf-parts.store.js';
import { LogPass } from './log-check.process.js';
import { hire, minute, Story } from './messages.fixtures.js';
import { slowWitness, type SlowWitness } from './slow-witness.fixtures.js';

describe('the check of a log that grows while its witness is slow', () => {
  let t: AuditUnderTest;
  let witness: SlowWitness;

  beforeAll(async () => {
    witness = await slowWitness();
    t = await auditUnderTest({ CHECKPOINT_WITNESS: witness.slowAddress });
  });
  afterAll(async () => {
    await t.close();
    await witness.close();
  });

  const signed = async (): Promise<number> => Number((await t.ask('/audit/v1/checkpoint')).text.split('\n')[1]);

  it('finds no damage where a checkpoint is stored after the entries behind it were read', async () => {
    await t.publish(minute(3), hire(new Story('ada')));
    expect(await signed()).toBe(6);
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    witness.before = () => {
      asked.resolve();
      return answered.promise;
    };
    await t.publish(minute(5), hire(new Story('bob')));
    await asked.promise;
    await t.publish(minute(6), hire(new Story('cid')));
    const store = new EventStore(t.db, testMasterKey, () => minute(6), await currentEpoch(t.db));
    const verifier = parseVkey(String((await t.ask('/audit/v1/checkpoint/key')).body['vkey']));
    const pass = new LogPass(t.db, new CheckRows(t.db, new LeafParts(t.db, store)));
    expect(await pass.step(verifier)).toBe('more');
    answered.resolve();
    await eventually(async () => (await signed()) === 18);
    await t.publish(minute(7), hire(new Story('dan')));
    expect(await signed()).toBe(24);
    let step = await pass.step(verifier);
    while (step === 'more') step = await pass.step(verifier);
    expect([step, pass.checked]).toEqual(['end', 24]);
  });
});
