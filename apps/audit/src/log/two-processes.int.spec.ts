import { auditUnderTest, type AuditUnderTest } from '../audit-under-test.fixtures.js';
import { hire, minute, Story } from './messages.fixtures.js';
import { slowWitness, type SlowWitness } from './slow-witness.fixtures.js';

describe('two processes that sign one log, as during a rolling update', () => {
  let t: AuditUnderTest;
  let witness: SlowWitness;

  beforeAll(async () => {
    witness = await slowWitness();
    t = await auditUnderTest({ CHECKPOINT_WITNESS: witness.address });
  });
  afterAll(async () => {
    await t.close();
    await witness.close();
  });

  const signed = async (): Promise<number> => Number((await t.ask('/audit/v1/checkpoint')).text.split('\n')[1]);

  it('start both: the one whose length was overtaken on its way to the witness signs the log as it is now', async () => {
    await t.publish(minute(3), hire(new Story('ada')));
    expect(await signed()).toBe(6);
    let overtaken = false;
    witness.before = async () => {
      if (overtaken) return;
      overtaken = true;
      await t.publish(minute(5), hire(new Story('bob')));
      expect(await signed()).toBe(12);
    };
    const stop = await t.beside({ CHECKPOINT_WITNESS: witness.slowAddress });
    expect(overtaken).toBe(true);
    await stop();
    await t.publish(minute(7), hire(new Story('cid')));
    expect(await signed()).toBe(18);
  });
});
