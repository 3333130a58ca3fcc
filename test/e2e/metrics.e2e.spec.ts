import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startApplication, type Application } from '../support/application.js';
import { chart } from '../support/chart-checks.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { freePort } from '../support/processes.js';
import { some } from '../support/some.js';

jest.setTimeout(180_000);
const timeoutMs = 60_000;

/** Names and labels in Prometheus' text format. */
function served(text: string): Map<string, Set<string>> {
  const metrics = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z][a-z0-9_]*)(?:\{(.*)\})? \S+$/gm))
    metrics.set(name, new Set([...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
  return metrics;
}

const expressions = (file: string): string[] =>
  [...readFileSync(join(chart, 'files', file), 'utf8').matchAll(/"?expr"?: "?(.*?)"?,?$/gm)].map(([, expr = '']) =>
    expr.replaceAll('\\"', '"'),
  );

/** Served only with Kafka, and set by Prometheus itself. */
const elsewhere = { metrics: ['hub_broker_connected'], labels: ['pod', 'le'] };

describe('the metrics that alerts and the dashboard use', () => {
  let hub: HubUnderTest;
  let app: Application;
  let url: string;

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/metrics`;
    [hub, app] = await Promise.all([startHub({ METRICS_PORT: String(port) }), startApplication()]);
    const admin = await hub.token('ada-admin', 'admin');
    const auth = { type: 'bearer', token: app.token, expiresAt: '2099-01-01T00:00:00Z' };
    const connector = { displayName: 'Wiki', mode: 'enforce', protocol: 'scim2', baseUrl: app.baseUrl, auth };
    const documents: [string, object][] = [
      ['/provisioning/v1/connectors/wiki', connector],
      ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      [
        '/governance/v1/access-packages/wiki',
        { displayName: 'Wiki', grants: [{ application: 'wiki', account: true }] },
      ],
      ['/governance/v1/birthright-rules/all', { displayName: 'All', filter: 'status eq "active"', packages: ['wiki'] }],
    ];
    for (const [path, body] of some(documents))
      expect((await hub.call('PUT', path, { token: admin, body })).status).toBeLessThan(300);
  });
  afterAll(async () => {
    await Promise.all([hub.discard(), app.child.stop()]);
  });

  const read = async (): Promise<string> => await (await fetch(url)).text();

  it('count a hire: one operation that is done, and the time to access', async () => {
    const token = await hub.token('hr-system', 'hr-feed');
    const body = { familyName: 'Lovelace', email: 'ada@corp.example', hireDate: '2020-01-01' };
    await hub.call('PUT', '/hr/v1/workers/1001', { token, body });
    await eventually(async () => (await app.user('ada@corp.example'))?.active === true, { timeoutMs });
    await eventually(
      async () => /^hub_operations_total\{.*kind="create-account".*outcome="done".*\} 1$/m.test(await read()),
      {
        timeoutMs,
      },
    );
    expect(await read()).toMatch(/^hub_access_seconds_count\{connector="wiki"\} [1-9]/m);
    expect(await read()).toMatch(/^hub_access_seconds_bucket\{le="60",connector="wiki"\} [1-9]/m);
  });

  it.each(['alerts.yaml', 'dashboard.json'])('are all served, with their labels: %s', async (file) => {
    const metrics = served(await read());
    const used = expressions(file);
    expect(used.length).toBeGreaterThan(10);
    const unknown = used.flatMap((expr) => {
      const names = [...expr.matchAll(/\b(?:hub|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);
      const known = names.filter((name) => !elsewhere.metrics.includes(name));
      const labels = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
      const missing = labels.filter(
        (label) => !elsewhere.labels.includes(label) && !known.every((name) => metrics.get(name)?.has(label) === true),
      );
      return [...known.filter((name) => !metrics.has(name)), ...missing.map((label) => `${expr}: ${label}`)];
    });
    expect(unknown).toEqual([]);
  });
});
