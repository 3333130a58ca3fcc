import { eventually } from '../../../../test/support/eventually.js';
import { application, desired, personId } from '../provisioning.fixtures.js';
import { runningWiki, type Wiki } from '../wiki.fixtures.js';

describe('the accounts behind a connector', () => {
  let wiki: Wiki;
  beforeEach(async () => {
    wiki = await runningWiki();
  });
  afterEach(() => wiki.stop());

  const list = async (which: string, query = ''): Promise<{ items: Record<string, unknown>[]; nextCursor: string }> =>
    (await wiki.call('GET', `/connectors/wiki/${which}?${query}`)).body;
  const gauge = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name}\\{connector="wiki"\\} (.*)$`, 'm').exec(await wiki.metrics())?.[1]);

  it('show who waits before there is an account, while the connector observes or is paused', async () => {
    await wiki.connect({ mode: 'observe' });
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await list('accounts')).items.length === 1);
    const waits = {
      account: null,
      status: 'absent',
      inSync: false,
      waiting: true,
      attempts: 0,
      lastFailure: null,
      parked: null,
    };
    expect((await list('accounts')).items).toMatchObject([{ identity: personId('ada'), ...waits }]);
    expect((await list('accounts', 'filter=waiting eq true and status eq "absent"')).items).toHaveLength(1);
    expect([await gauge('hub_accounts_waiting'), await gauge('hub_accounts_parked')]).toEqual([1, 0]);
  });

  it('tell which one alone fails, how often, since when and how, until it is mended', async () => {
    await wiki.connect();
    await wiki.publish(desired('bob', 1));
    await wiki.inSync('bob', 1);
    wiki.stub.faults = { refuseEvery: 1, refuseWith: 500, path: '/scim/v2/Users' };
    const began = wiki.clock.now();
    await wiki.publish(desired('ada', 1));
    await eventually(async () => (await list('accounts', 'filter=attempts eq 1')).items.length === 1);
    // The first tries after a lost answer only look for the account: the failure stays the first one meanwhile.
    await wiki.inTime(async () => {
      const [failing] = (await list('accounts', 'filter=attempts ge 3')).items;
      return ((failing?.['lastFailure'] as { at: string } | undefined)?.at ?? began) > began;
    });
    const [ada] = (await list('accounts', 'filter=attempts ge 3')).items;
    expect(ada).toMatchObject({
      identity: personId('ada'),
      inSync: false,
      failingSince: began,
      lastFailure: { code: 'unavailable', status: 500, at: expect.any(String) },
      parked: null,
    });
    expect((ada?.['lastFailure'] as { at: string }).at > began).toBe(true);
    expect((await list('accounts', 'filter=attempts eq 0')).items).toMatchObject([{ identity: personId('bob') }]);
    expect([await gauge('hub_accounts_failing'), await gauge('hub_accounts_waiting')]).toEqual([1, 1]);
    expect(await gauge('hub_accounts_failing_seconds')).toBeGreaterThan(0);
    wiki.stub.faults = {};
    await wiki.inTime(async () => (await list('accounts', 'filter=inSync eq true')).items.length === 2);
    const mended = { attempts: 0, failingSince: null, lastFailure: null };
    expect((await list('accounts')).items).toMatchObject([mended, mended]);
    expect([await gauge('hub_accounts_failing'), await gauge('hub_accounts_failing_seconds')]).toEqual([0, 0]);
  });

  it('page by page: everybody once in each application, whether they wait or are parked', async () => {
    // Two applications may share a connector since before that was refused.
    await wiki.publish(application({ application: 'blog', connectorId: 'wiki' }));
    await wiki.connect({ mode: 'observe' });
    const everybody = ['ada', 'bob', 'eve'].flatMap((name) =>
      ['blog', 'wiki'].map((which) => desired(name, 1, { application: which })),
    );
    await wiki.publish(...everybody);
    await eventually(async () => (await list('accounts')).items.length === everybody.length);
    await wiki.db.query(`update desired set parked_code = 'validation', parked_detail = '', parked_at = now()`);
    for (const which of ['accounts', 'parked']) {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Awaited<ReturnType<typeof list>> = await list(which, `limit=1&cursor=${cursor}`);
        seen.push(...page.items.map((one) => `${String(one['id'] ?? one['identity'])} ${String(one['application'])}`));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(everybody.map(({ body }) => `${body.identity} ${body.application}`).sort());
    }
    expect(await gauge('hub_accounts_parked')).toBe(everybody.length);
  });
});
