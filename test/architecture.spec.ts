import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const rules = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: { name: string; comment: string }[];
};

const { houseRules } = (await import(pathToFileURL(resolve(root, 'eslint.rules.js')).href)) as {
  readonly houseRules: { readonly rules: Readonly<Record<string, object>> };
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
  'features-meet-through-exports': {
    'apps/governance/src/people/people.query.ts': `export const people = 1;`,
    'apps/governance/src/requests/request.command.ts': `import { people } from '../people/people.query.js';\nexport const request = people;`,
  },
  'the-person-is-a-room-of-its-own': {
    'apps/governance/src/requests/requests.exports.ts': `export const requests = 1;`,
    'apps/governance/src/people/recompute.ts': `import { requests } from '../requests/requests.exports.js';\nexport const recompute = requests;`,
  },
  'auth-never-imports-the-kit': {
    'libs/service-kit/settings/settings.ts': `export const settings = 1;`,
    'libs/auth/tokens.ts': `import { settings } from '../service-kit/settings/settings.js';\nexport const tokens = settings;`,
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
  'no-protocol-above-the-port': {
    'libs/scim/client/resources.ts': `export interface ScimUser { id: string }`,
    'apps/provisioning/src/accounts/match.ts': `import type { ScimUser } from '../../../../libs/scim/client/resources.js';\nexport type Found = ScimUser;`,
  },
  'protocols-meet-through-the-port': {
    'apps/provisioning/src/targets/scim/scim-shown.ts': `export const shown = 1;`,
    'apps/provisioning/src/targets/target.ts': `import { shown } from './scim/scim-shown.js';\nexport const target = shown;`,
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
    const throughExports = {
      'apps/governance/src/people/people.query.ts': `export const people = 1;`,
      'apps/governance/src/people/people.exports.ts': `export { people } from './people.query.js';`,
      'apps/governance/src/requests/requests.ts': `import { people } from '../people/people.exports.js';\nexport const requests = people;`,
    };
    expect(await violated(throughExports)).toEqual([]);
  });
});

/** One planted violation for each rule on what is in a file, and the same thing where it belongs. */
interface Planted {
  readonly rule: string;
  readonly wrong: { readonly path: string; readonly text: string };
  readonly right: { readonly path: string; readonly text: string };
}

const branches = (many: number): string =>
  `export const f = (n: number): number => {\n${Array.from({ length: many }, (_, i) => `  if (n === ${i}) return ${i};`).join('\n')}\n  return n;\n};\n`;
const nested = (deep: number): string =>
  `export function f(n: number): void {\n${'if (n > 0) {'.repeat(deep)} f(n); ${'}'.repeat(deep)}\n}\n`;
const taking = (many: number): string =>
  `export const f = (${Array.from({ length: many }, (_, i) => `p${i}: number`).join(', ')}): number => p0;\n`;
const handler = `import { CommandHandler } from '@nestjs/cqrs';\n@CommandHandler(Object)\nexport class Handler {}\n`;
const noHandler = `export class Cleaner {}\n`;
const reading = 'export const read = `select id from request where id = $1`;\n';
const requests = 'apps/governance/src/requests';
const loading = `export const f = (store: { load(of: string[]): unknown }): unknown => store.load(['identity-1']);\n`;

const casting = (value: string): string =>
  `export const f = (payload: unknown): object => ${value} as { id: string };\n`;
const looping = (list: string): string =>
  `it('holds for all', () => { for (const one of ${list}) expect(one).toBe(1); });\n`;

const planted: Planted[] = [
  ...[`JSON.parse('{}')`, 'payload', `(payload ?? {})`].map((value) => ({
    rule: 'hub/parsed-input',
    wrong: { path: `${requests}/planted.ts`, text: casting(value) },
    right: { path: `${requests}/planted.ts`, text: `export const f = (): unknown => JSON.parse('{}') as unknown;\n` },
  })),
  {
    rule: 'hub/parsed-input',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `export const f = async (answer: Response): Promise<object> => (await answer.json()) as { id: string };\n`,
    },
    right: {
      path: `${requests}/planted.ts`,
      text: `export const f = async (answer: Response): Promise<unknown> => await answer.json();\n`,
    },
  },
  {
    rule: 'max-lines',
    wrong: { path: `${requests}/planted.ts`, text: 'export {};\n'.repeat(301) },
    right: { path: `${requests}/planted.ts`, text: 'export {};\n'.repeat(300) },
  },
  ...['new Date()', 'Date.now()', 'Math.random()', 'randomUUID()', 'process.env', 'Temporal.Now.instant()'].map(
    (value) => ({
      rule: 'no-restricted-syntax',
      wrong: { path: `${requests}/planted.ts`, text: `export const f = (): unknown => ${value};\n` },
      right: { path: `${requests}/planted.ts`, text: `export const f = (now: string): unknown => new Date(now);\n` },
    }),
  ),
  ...[`export * from './period.js';\n`, 'export default 1;\n'].map((text) => ({
    rule: 'no-restricted-syntax',
    wrong: { path: `${requests}/planted.ts`, text },
    right: { path: `${requests}/planted.ts`, text: `export { refusePeriod } from './period.js';\n` },
  })),
  ...['spec', 'fixtures', 'suite'].map((role) => ({
    rule: 'no-restricted-syntax',
    wrong: { path: `${requests}/planted.${role}.ts`, text: looping('list') },
    right: { path: `${requests}/planted.${role}.ts`, text: looping('some(list)') },
  })),
  {
    rule: 'jest/no-restricted-matchers',
    wrong: { path: `${requests}/planted.spec.ts`, text: `it('is there', () => { expect(1).toBeDefined(); });\n` },
    right: { path: `${requests}/planted.spec.ts`, text: `it('is one', () => { expect(1).toBe(1); });\n` },
  },
  {
    rule: 'jest/no-conditional-expect',
    wrong: {
      path: `${requests}/planted.spec.ts`,
      text: `it('is one', () => { if (process.pid > 1) expect(1).toBe(1); });\n`,
    },
    right: { path: `${requests}/planted.spec.ts`, text: `it('is one', () => { expect(1).toBe(1); });\n` },
  },
  {
    rule: 'complexity',
    wrong: { path: `${requests}/planted.ts`, text: branches(10) },
    right: { path: `${requests}/planted.ts`, text: branches(9) },
  },
  {
    rule: 'max-depth',
    wrong: { path: `${requests}/planted.ts`, text: nested(4) },
    right: { path: `${requests}/planted.ts`, text: nested(3) },
  },
  {
    rule: 'hub/parameters',
    wrong: { path: `${requests}/planted.ts`, text: taking(6) },
    right: { path: `${requests}/planted.ts`, text: taking(5) },
  },
  {
    rule: 'hub/file-roles',
    wrong: { path: `${requests}/planted.command.ts`, text: noHandler },
    right: { path: `${requests}/planted.command.ts`, text: handler },
  },
  {
    rule: 'hub/file-roles',
    wrong: { path: `${requests}/planted.ts`, text: handler },
    right: { path: `${requests}/planted.ts`, text: noHandler },
  },
  {
    rule: 'hub/sql-files',
    wrong: { path: `${requests}/planted.command.ts`, text: reading },
    right: { path: `${requests}/planted.store.ts`, text: reading },
  },
  {
    rule: 'hub/domain-names',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `import { People } from '../people/people.exports.js';\nexport const people = People;\n`,
    },
    right: {
      path: `${requests}/planted.process.ts`,
      text: `import { People } from '../people/people.exports.js';\nexport const people = People;\n`,
    },
  },
  {
    rule: 'hub/domain-imports',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `import { Injectable } from '@nestjs/common';\nexport const decorate = Injectable;\n`,
    },
    right: {
      path: `${requests}/planted.process.ts`,
      text: `import { Injectable } from '@nestjs/common';\nexport const decorate = Injectable;\n`,
    },
  },
  {
    rule: 'hub/domain-imports',
    wrong: {
      path: `${requests}/planted.events.ts`,
      text: `import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n`,
    },
    right: {
      path: `${requests}/planted.events.ts`,
      text: `import { isDeepStrictEqual } from 'node:util';\nexport const same = isDeepStrictEqual;\n`,
    },
  },
  {
    rule: 'hub/domain-imports',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `import { RequestViews } from './request-rows.query.js';\nexport const views = RequestViews;\n`,
    },
    right: {
      path: `${requests}/planted.ts`,
      text: `import { accessRequest } from './access-request.js';\nexport const fold = accessRequest;\n`,
    },
  },
  {
    rule: 'hub/own-facts',
    wrong: {
      path: `${requests}/planted.query.ts`,
      text: 'export const read = `select id from events where id = $1`;\n',
    },
    right: { path: `${requests}/planted.query.ts`, text: reading },
  },
  {
    rule: 'hub/own-facts',
    wrong: { path: `${requests}/planted.process.ts`, text: loading },
    right: { path: `${requests}/planted.stream.ts`, text: loading },
  },
  {
    rule: 'hub/own-facts',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `export const isOfPerson = (fact: { stream: string }): boolean => fact.stream.startsWith('identity-');\n`,
    },
    right: {
      path: `${requests}/planted.ts`,
      text: `export const isOfPerson = (fact: { type: string }): boolean => fact.type === 'IdentityJoined';\n`,
    },
  },
  {
    rule: 'hub/module-state',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `let count = 0;\nexport const next = (): number => (count += 1);\n`,
    },
    right: { path: `${requests}/planted.ts`, text: `export const next = (count: number): number => count + 1;\n` },
  },
  {
    rule: 'hub/module-state',
    wrong: {
      path: `${requests}/planted.ts`,
      text: `const known = new Set<string>();\nexport const note = (id: string): unknown => known.add(id);\n`,
    },
    right: {
      path: `${requests}/planted.ts`,
      text: `const known = new Set(['a']);\nexport const knows = (id: string): boolean => known.has(id);\n`,
    },
  },
  {
    rule: 'hub/module-state',
    wrong: { path: `${requests}/planted.ts`, text: `Array.prototype.at = () => undefined;\nexport const one = 1;\n` },
    right: { path: `${requests}/planted.ts`, text: `export const one = [1].at(0);\n` },
  },
];

/** Names of the rules that each text breaks. */
async function lint(texts: readonly { readonly path: string; readonly text: string }[]): Promise<string[][]> {
  const child = execFile(process.execPath, ['dist/test/support/lint.main.js'], { cwd: root });
  child.stdin?.end(JSON.stringify(texts));
  const out: string[] = [];
  for await (const chunk of child.stdout ?? []) out.push(String(chunk));
  return JSON.parse(out.join('')) as string[][];
}

describe('the rules on what is in a file', () => {
  it('have a planted violation each', () => {
    const own = Object.keys(houseRules.rules).map((name) => `hub/${name}`);
    expect(own.filter((rule) => !planted.some((one) => one.rule === rule))).toEqual([]);
  });
});

describe('a rule on what is in a file', () => {
  let wrong: string[][];
  let right: string[][];
  beforeAll(async () => {
    const found = await lint([...planted.map((one) => one.wrong), ...planted.map((one) => one.right)]);
    wrong = found.slice(0, planted.length);
    right = found.slice(planted.length);
  });

  it.each(planted.map(({ rule, wrong: { path, text } }, index) => ({ rule, path, index, text: text.slice(0, 80) })))(
    '$rule finds its planted violation in $path, and lets pass what is right: $text',
    ({ rule, index }) => {
      expect(wrong[index]).toContain(rule);
      expect(right[index]).not.toContain(rule);
    },
  );
});
