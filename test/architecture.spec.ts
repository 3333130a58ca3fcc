import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: { name: string; comment: string }[];
};

/** One planted violation for each rule: files by path, in a tree of their own. */
const violations: Record<string, Record<string, string>> = {
  'no-cycles': {
    'libs/a/one.ts': `import { two } from './two.js';\nexport const one = (): number => two();`,
    'libs/a/two.ts': `import { one } from './one.js';\nexport const two = (): number => one();`,
  },
  'apps-never-import-apps': {
    'apps/audit/src/log.ts': `export const log = 1;`,
    'apps/governance/src/rules.ts': `import { log } from '../../audit/src/log.js';\nexport const rules = log;`,
  },
  'libs-never-import-apps': {
    'apps/audit/src/log.ts': `export const log = 1;`,
    'libs/event-bus/bus.ts': `import { log } from '../../apps/audit/src/log.js';\nexport const bus = log;`,
  },
  'contracts-are-leaves': {
    'libs/event-store/work.ts': `export const work = 1;`,
    'libs/contracts/topics.ts': `import { work } from '../event-store/work.js';\nexport const topics = work;`,
  },
  'event-store-core-is-a-leaf': {
    'libs/event-store/work.ts': `export const work = 1;`,
    'libs/event-store/core.ts': `import { work } from './work.js';\nexport const core = work;`,
  },
  'domain-is-pure': {
    'libs/event-store/work.ts': `export const work = 1;`,
    'apps/governance/src/requests/request.events.ts': `import { work } from '../../../../libs/event-store/work.js';\nexport const events = work;`,
  },
  'kafkajs-only-in-the-bus': {
    'node_modules/kafkajs/index.js': `exports.Kafka = 1;`,
    'apps/governance/src/direct.ts': `import { Kafka } from 'kafkajs';\nexport const direct = Kafka;`,
  },
  'undici-only-in-clients': {
    'node_modules/undici/index.js': `exports.request = 1;`,
    'apps/provisioning/src/direct.ts': `import { request } from 'undici';\nexport const direct = request;`,
  },
  'production-never-imports-tests': {
    'test/support/tool.ts': `export const tool = 1;`,
    'apps/governance/src/uses.ts': `import { tool } from '../../../test/support/tool.js';\nexport const uses = tool;`,
  },
  'not-to-dev-dependencies': {
    'node_modules/scimmy/index.js': `exports.scimmy = 1;`,
    'package.json': JSON.stringify({ name: 'x', devDependencies: { scimmy: '1' } }),
    'apps/governance/src/uses.ts': `import { scimmy } from 'scimmy';\nexport const uses = scimmy;`,
  },
};

async function violated(files: Record<string, string>): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-rules-'));
  try {
    for (const [path, content] of Object.entries({ 'package.json': '{"name":"x"}', 'tsconfig.json': '{}', ...files })) {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), content);
    }
    const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))].filter((top) =>
      ['apps', 'libs', 'test'].includes(top),
    );
    const args = ['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', ...tops];
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/depcruise'), args, { cwd: dir }).catch(
      (error: { stdout: string }) => error,
    );
    const report = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return report.summary.violations.map((violation) => violation.rule.name);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

jest.setTimeout(60_000);

describe('an import rule', () => {
  it.each(rules.forbidden)(
    '$name finds its planted violation, and says what to do instead',
    async ({ name, comment }) => {
      expect(comment.length).toBeGreaterThan(20);
      const planted = violations[name];
      if (planted === undefined) throw new Error(`plant a violation of ${name} in this file`);
      expect(await violated(planted)).toContain(name);
    },
    30_000,
  );

  it('is silent about a clean tree', async () => {
    expect(await violated({ 'libs/event-store/core.ts': 'export const core = 1;' })).toEqual([]);
  });
});
