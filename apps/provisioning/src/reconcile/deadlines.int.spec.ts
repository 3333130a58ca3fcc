import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { CaseView } from '../cases/cases.query.js';
import { desired, leaver } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

jest.setTimeout(60_000);

/** The same, from these attributes of the person. */
function madeFrom(
  message: PublicMessage<DesiredAccessMessage>,
  sources: string[],
): PublicMessage<DesiredAccessMessage> {
  const accounts = message.body.accounts.map((account) => ({ ...account, sources }));
  return { ...message, body: { ...message.body, accounts } };
}

/** What the default mapping reads. */
const usual = ['displayName', 'email', 'employeeId', 'familyName', 'givenName', 'id', 'userName'];

describe('nothing is tried for ever', () => {
  const hourMs = 3_600_000;
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());
  const codes = async (): Promise<string[]> => (await wiki.parked()).map(({ code }) => code);
  const cases = async (): Promise<CaseView[]> => (await wiki.call('GET', '/cases')).body.items as CaseView[];

  it('an account that fails for a day waits for a person, though the application cannot be read either', async () => {
    await wiki.connect();
    wiki.stub.reply = () => ({ status: 500, body: {} });
    await wiki.publish(desired('ada', 1));
    await wiki.inTime(async () => (await codes()).length === 1, hourMs);
    expect(await codes()).toEqual(['unavailable']);
    const waited = Date.parse(wiki.clock.now()) - Date.parse('2026-03-02T09:00:00.000Z');
    expect(waited).toBeGreaterThanOrEqual(24 * hourMs);
  });

  it('what a leaver has is tried for ever, as an exposure', async () => {
    await wiki.connect();
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    wiki.stub.reply = () => ({ status: 500, body: {} });
    await wiki.publish(leaver('bob', 2));
    const dueMs = Date.parse(wiki.clock.now()) + 30 * hourMs;
    await wiki.inTime(async () => Date.parse(wiki.clock.now()) > dueMs && (await cases()).length > 0, hourMs);
    expect((await cases()).map(({ kind }) => kind)).toContain('exposure');
    expect(await codes()).toEqual([]);
    wiki.stub.reply = () => null;
    expect(await wiki.inTime(() => wiki.users('bob')[0]?.active === false)).toBe(true);
  });

  it('attributes that do not come for a day are for a person, and their message releases the account', async () => {
    await wiki.connect({ mapping: [{ target: 'title', type: 'direct', source: 'jobTitle' }] });
    await wiki.publish(madeFrom(desired('cora', 1), usual));
    await wiki.inTime(async () => (await codes()).length === 1, hourMs);
    expect(await codes()).toEqual(['attributes-missing']);
    expect((await cases())[0]?.words).toContain('jobTitle');
    await wiki.publish(madeFrom(desired('cora', 2, { attributes: { jobTitle: 'Editor' } }), [...usual, 'jobTitle']));
    expect(await wiki.inTime(() => wiki.users('cora').length === 1)).toBe(true);
  });

  it('a connector that does not work is a case with a deadline, until it works', async () => {
    await wiki.connect();
    wiki.stub.reply = () => ({ status: 401, body: {} });
    await wiki.publish(desired('dan', 1));
    await eventually(async () => (await wiki.health()) === 'auth-failed');
    expect(await cases()).toMatchObject([
      { kind: 'connector', code: 'auth-failed', connector: 'wiki', person: null, overdue: false },
    ]);
    const [one] = await cases();
    expect((await wiki.call('POST', `/cases/${one?.id ?? ''}/comments`, { text: 'Asked the vendor' })).status).toBe(
      201,
    );
    expect((await wiki.call('POST', `/cases/${one?.id ?? ''}/retry`, {})).body).toMatchObject({
      code: 'case.not_parked',
    });
    wiki.stub.reply = () => null;
    expect(await wiki.inTime(async () => (await cases()).length === 0, 30_000)).toBe(true);
  });
});
