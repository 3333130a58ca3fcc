import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { root } from './processes.js';

/** Rules of eslint.config.js that need no types, for a spec of this text. */
async function complaints(code: string): Promise<string[]> {
  const lint = new ESLint({ cwd: root, overrideConfig: [{ rules: {} }] });
  const found = await lint.calculateConfigForFile(join(root, 'test/support/eventually.spec.ts'));
  const { 'no-restricted-syntax': syntax, ...others } = found.rules as Record<string, unknown>;
  const rules = Object.fromEntries(Object.entries(others).filter(([name]) => name.startsWith('jest/')));
  const plain = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [{ plugins: found.plugins, rules: { ...rules, 'no-restricted-syntax': syntax } as object }],
  });
  const [result] = await plain.lintText(code, { filePath: 'planted.js' });
  return result?.messages.map(({ ruleId, message }) => `${ruleId}: ${message}`) ?? [];
}

const inTest = (body: string): string => `it('is planted', async () => { ${body} });`;

describe('a test that cannot fail is refused by the linter:', () => {
  it.each([
    ['a loop over what may be empty', inTest('for (const one of list()) expect(one).toBe(1);'), /empty list/],
    ['forEach', inTest('list().forEach((one) => expect(one).toBe(1));'), /empty list/],
    ['every', inTest('expect(list().every((one) => one > 0)).toBe(true);'), /empty list/],
    ['in a catch', inTest('try { act(); } catch (error) { expect(error).toBe(1); }'), /no-conditional-expect/],
    ['if', inTest('if (found) expect(found).toBe(1);'), /no-conditional-expect/],
    ['a promise that nobody awaits', inTest('expect(act()).resolves.toBe(1);'), /valid-expect/],
    ['a constant that is defined', inTest('expect(act).toBeDefined();'), /no-restricted-matchers/],
    ['left out', `it.skip('is planted', () => { expect(1).toBe(2); });`, /no-disabled-tests/],
    ['all others left out', `it.only('is planted', () => { expect(1).toBe(1); });`, /no-focused-tests/],
  ])('%s', async (_, code, words) => {
    expect((await complaints(code)).join('\n')).toMatch(words);
  });

  it('not one that can', async () => {
    const fine = `for (const one of some(list())) expect(one).toBe(1);
      for (const one of [1, 2]) expect(act(one)).toBe(1);
      await expect(act()).resolves.toBe(1);`;
    expect(await complaints(inTest(fine))).toEqual([]);
  });
});

describe('a run fails a test', () => {
  it.each([
    ['that asserts nothing', `it('is planted', () => { for (const one of []) expect(one).toBe(1); });`],
    ['that returns early', `it('is planted', () => { return; expect(1).toBe(1); });`],
    ['whose callback never runs', `it('is planted', () => { [].map((one) => expect(one).toBe(1)); });`],
  ])(
    '%s',
    async (_, code) => {
      const config = join(root, 'jest.config.js');
      const { projects } = ((await import(config)) as { default: { projects: object[] } }).default;
      const dir = await mkdtemp(join(tmpdir(), 'guard-'));
      try {
        const spec = join(dir, 'planted.spec.js');
        await writeFile(spec, code);
        const planted = {
          ...projects[0],
          displayName: 'planted',
          roots: [dir],
          testMatch: [spec],
          testPathIgnorePatterns: [],
          haste: {},
        };
        const args = [
          '--experimental-vm-modules',
          'node_modules/jest/bin/jest.js',
          '--config',
          JSON.stringify(planted),
        ];
        const output = await new Promise<string>((done) => {
          execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) =>
            done(`${error === null ? 'passed' : 'failed'} ${stdout}${stderr}`),
          );
        });
        expect(output).toMatch(/^failed[^]*this test asserted nothing/);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
