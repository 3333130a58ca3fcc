import { eventually } from '../support/eventually.js';
import { startHub } from '../support/hub.js';

type Hub = Awaited<ReturnType<typeof startHub>>;
interface ImportState {
  readonly id: string;
  readonly status: string;
  readonly reasons: readonly string[];
  readonly changed: number;
}

const header = 'employeeId,givenName,familyName,department,hireDate';
const file = (department: string, count: number): string =>
  `${[header, ...Array.from({ length: count }, (_, n) => `${n},Given ${n},Family ${n},${department},2020-01-06`)].join('\n')}\n`;

describe('one mistyped department', () => {
  let hub: Hub;
  beforeAll(async () => {
    hub = await startHub();
  }, 60_000);
  afterAll(() => hub.discard());

  it('takes no access from anybody until an hr-operator says so, and the log has who did', async () => {
    const [feed, policy, operator, auditor] = await Promise.all([
      hub.token('feed', 'hr-feed'),
      hub.token('paula', 'policy-admin'),
      hub.token('olga', 'hr-operator'),
      hub.token('audrey', 'auditor'),
    ]);
    const put = async (path: string, body: object): Promise<void> => {
      expect((await hub.call('PUT', `/governance/v1/${path}`, { token: policy, body })).status).toBeLessThan(300);
    };
    await put('applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
    await put('access-packages/crm', { displayName: 'CRM', grants: [{ application: 'wiki', group: 'CRM' }] });
    await put('birthright-rules/sales', { displayName: 'Sales', filter: 'department eq "Sales"', packages: ['crm'] });
    const run = async (body: string): Promise<ImportState> => {
      const headers = { 'content-type': 'text/csv' };
      const sent = await hub.call('POST', '/hr/v1/imports?mode=delta', { token: feed, body, headers });
      return await finished(sent.headers.get('location') ?? '');
    };
    const finished = (path: string): Promise<ImportState> =>
      eventually(
        async () => {
          const { body } = await hub.call<ImportState>('GET', path, { token: operator });
          return body.status === 'running' ? undefined : body;
        },
        { timeoutMs: 30_000 },
      );
    const holders = async (): Promise<number> => {
      const filter = encodeURIComponent('packageId eq "crm" and status eq "active"');
      const path = `/governance/v1/assignments?limit=500&filter=${filter}`;
      return (await hub.call<{ items: object[] }>('GET', path, { token: policy })).body.items.length;
    };
    await run(file('Sales', 100));
    await eventually(async () => (await holders()) === 100, { timeoutMs: 30_000 });

    const held = await run(file('Slaes', 80));
    expect(held).toMatchObject({ status: 'held', reasons: ['losing-access'], changed: 0 });
    expect(await holders()).toBe(100);
    const path = `/hr/v1/imports/${held.id}`;
    const released = await hub.call('POST', `${path}/release`, { token: operator, body: { reason: 'They moved' } });
    expect(released.status).toBe(200);
    expect(await finished(path)).toMatchObject({ status: 'completed', changed: 80 });
    await eventually(async () => (await holders()) === 20, { timeoutMs: 30_000 });
    const entries = await eventually(
      async () => {
        const filter = encodeURIComponent('type sw "hub.hr.hold"');
        const { body } = await hub.call<{ items: { type: string }[] }>('GET', `/audit/v1/entries?filter=${filter}`, {
          token: auditor,
        });
        return body.items.length === 2 ? body.items : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(entries.map(({ type }) => type)).toEqual(['hub.hr.hold.made.v1', 'hub.hr.hold.released.v1']);
    expect(JSON.stringify(entries)).toContain('They moved');
  }, 180_000);
});
