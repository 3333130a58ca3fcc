import { jest } from '@jest/globals';
import type { Application } from '../support/application.js';
import { companyOn, fourServicesOn, type Company } from '../support/company.js';
import type { Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { describeOn, ownKafkaForTests, type OwnBroker } from '../support/kafka.js';

jest.setTimeout(300_000);

const kafka = await ownKafkaForTests();
const hires = 300;
const timeoutMs = 180_000;

/** What `docker compose down` did to a broker without a volume, while the services run and while they are stopped. */
describeOn(kafka, 'a broker that loses its data between 300 hires', (source) => {
  let services: Deployment;
  let app: Application;
  let company: Company;
  let broker: OwnBroker;

  beforeAll(async () => {
    const started = await fourServicesOn(source);
    ({ broker, deployment: services } = started);
    company = await companyOn(started);
    ({ app } = company);
  });
  afterAll(() => company.close());

  async function hire(from: number, to: number): Promise<void> {
    for (let n = from; n < to; n += 1) {
      const answer = await company.hire(String(n + 1_000), { email: `p${n}@corp.example` });
      expect(answer.status).toBe(201);
    }
  }
  async function entries(type: string): Promise<number> {
    const filter = encodeURIComponent(`type eq "${type}"`);
    let count = 0;
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: unknown[]; nextCursor: string | null } = (
        await services.call<{ items: unknown[]; nextCursor: string | null }>(
          'GET',
          `/audit/v1/entries?limit=500&filter=${filter}${cursor === '' ? '' : `&cursor=${cursor}`}`,
          { token: company.tokens.auditor },
        )
      ).body;
      count += page.items.length;
      cursor = page.nextCursor;
    }
    return count;
  }

  it('costs nobody an account, and no entry of the log', async () => {
    await hire(0, 100);
    await broker.kill();
    await hire(100, 150);
    await broker.wipe();
    await broker.restart();
    await hire(150, 220);
    // At once again, while what was lost may still be on its way.
    await broker.kill();
    await broker.wipe();
    await broker.restart();
    await hire(220, hires);
    try {
      await eventually(async () => (await app.users()).length >= hires, { timeoutMs, everyMs: 500 });
      await eventually(async () => (await entries('hub.hr.worker.hired.v1')) >= hires, { timeoutMs, everyMs: 500 });
      const created = 'hub.provisioning.account.created.v1';
      await eventually(async () => (await entries(created)) >= hires, { timeoutMs, everyMs: 500 });
    } catch (error) {
      throw new Error(services.output(), { cause: error });
    }
    const names = (await app.users()).map(({ userName }) => userName);
    expect([names.length, new Set(names).size]).toEqual([hires, hires]);
    expect(await entries('hub.hr.worker.hired.v1')).toBe(hires);
    expect(services.output()).toMatch(/are sent again from the store|its position in .* is lost/);
  });
});
