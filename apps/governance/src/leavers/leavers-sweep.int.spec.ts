import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topics } from '#libs/contracts/topics.js';
import { eventually } from '../../../../test/support/eventually.js';
import { hrMessage, identityOf, type RunningGovernance } from '../governance.fixtures.js';
import { accessOf, asked, engineer, team, wikiCompany } from '../wiki-company.fixtures.js';

let hub: RunningGovernance;
beforeAll(async () => {
  hub = await wikiCompany();
});
afterAll(() => hub.stop());

const found = async () =>
  (await hub.gauges()).find(({ name }) => name === 'hub_leavers_found_with_access_total')?.value;
const alarms = () => hub.logged.filter((line) => line.includes('a leaver still had access'));
/** Marks somebody as gone behind the back of every decision, as a fault would. */
const leaveUnnoticed = (employeeId: string) =>
  hub.db.query(
    `update identity set status = 'inactive', state = jsonb_set(state, '{status}', '"inactive"') where id = $1::uuid`,
    [identityOf(employeeId)],
  );
const swept = () => hub.clock.advance(61_000);

describe('the sweep over leavers', () => {
  it('finds one who still holds access or has a request open, takes it away and raises an alarm', async () => {
    await team(hub, '1700', '1701');
    const request = await asked(hub, '1701');
    expect([await found(), alarms()]).toEqual([0, []]);
    await leaveUnnoticed('1701');
    swept();
    await eventually(async () => (await found()) === 1);
    expect(await accessOf(hub, '1701')).toMatchObject({ status: 'leaver', accounts: [{ active: false }] });
    const { body } = await hub.call('GET', `/assignments?filter=identityId eq "${identityOf('1701')}"`);
    expect(body.items).toMatchObject([{ status: 'revoked', code: 'left' }]);
    expect((await hub.call('GET', `/requests/${request}`)).body.status).toBe('cancelled');
    expect((await hub.published(topics.desiredAccess)).at(-1)).toMatchObject({ key: identityOf('1701') });
    expect(alarms()).toHaveLength(1);
    expect(JSON.parse(alarms()[0] ?? '')).toMatchObject({ identity: identityOf('1701'), level: expect.any(Number) });
    expect(alarms()[0]).not.toMatch(/Family|Given|@/);
  });

  it('does not touch people who work or have left correctly, and goes on after a restart', async () => {
    await team(hub, '1710', '1711');
    await hub.stated(hrMessage('terminated', engineer('1711', { managerId: '1710' }), 2));
    const before = await hub.published(topics.decisions);
    const age = async () => (await hub.gauges()).find(({ name }) => name === 'hub_leavers_sweep_age_seconds')?.value;
    await hub.restart();
    await hub.quiet();
    hub.clock.advance(30_000);
    expect(await age()).toBeGreaterThanOrEqual(30);
    hub.clock.advance(31_000);
    await eventually(async () => ((await age()) ?? 99) < 30);
    expect([await found(), alarms().length]).toEqual([1, 1]);
    expect(await hub.published(topics.decisions)).toEqual(before);
  });
});
