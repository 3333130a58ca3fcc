import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { jest } from '@jest/globals';
import { parse } from 'yaml';
import { chart, rendered } from '../support/chart-checks.js';
import { root } from '../support/processes.js';
import { some } from '../support/some.js';
import { run, tool } from '../support/tools.js';

jest.setTimeout(1_200_000);

interface Rules {
  readonly groups: { rules: { alert: string; expr: string; annotations: { summary: string; runbook: string } }[] }[];
}

const file = join(chart, 'files/alerts.yaml');
const rules = (parse(readFileSync(file, 'utf8')) as Rules).groups.flatMap((group) => group.rules);
const [promtool, helm] = [await tool('promtool'), await tool('helm')];

describe('alerts', () => {
  it('have a page each that says what to do, and no page has none', () => {
    const pages = globSync('docs/runbooks/*.md', { cwd: root }).map((path) => basename(path, '.md'));
    expect(
      some(rules)
        .map(({ alert }) => alert)
        .sort(),
    ).toEqual(pages.sort());
    for (const { alert, annotations } of some(rules)) {
      expect(annotations.runbook).toBe(`docs/runbooks/${alert}.md`);
      const page = readFileSync(join(root, annotations.runbook), 'utf8');
      expect(page).toMatch(
        new RegExp(`^# ${alert}\n\n[^#]{40,}\n\n## What to do\n\n1\\. [^]+\n\n## It is over when\n\n.{15,}`),
      );
    }
  });

  it('name each alert once', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

(promtool === null ? describe.skip : describe)('the rules', () => {
  it('are accepted by promtool', async () => {
    const { stdout } = await run(promtool ?? '', ['check', 'rules', file]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });
});

(helm === null ? describe.skip : describe)('the chart', () => {
  it('renders the rules and the dashboard as they are', async () => {
    const on = ['rules', 'dashboard', 'serviceMonitor'].flatMap((part) => ['--set', `metrics.${part}.enabled=true`]);
    const { manifests } = await rendered(helm ?? '', ...on);
    const of = (kind: string, name = ''): unknown => {
      const found = manifests.find((one) => one.kind === kind && one.metadata.name.endsWith(name));
      return found?.['spec'] ?? found?.['data'];
    };
    expect(of('PrometheusRule')).toEqual(parse(readFileSync(file, 'utf8')));
    const { 'identity-hub.json': dashboard = '' } = of('ConfigMap', '-dashboard') as Record<string, string>;
    expect(JSON.parse(dashboard)).toEqual(JSON.parse(readFileSync(join(chart, 'files/dashboard.json'), 'utf8')));
    expect(of('ServiceMonitor')).toMatchObject({ endpoints: [{ port: 'metrics', path: '/metrics' }] });
  });
});
