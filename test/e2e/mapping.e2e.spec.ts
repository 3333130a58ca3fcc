import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { companyOn, type Company } from '../support/company.js';
import { hubDeployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { built, root } from '../support/processes.js';

jest.setTimeout(180_000);

describe('hub mapping eval', () => {
  let company: Company;
  let dir: string;
  beforeAll(async () => {
    const deployment = await hubDeployment();
    company = await companyOn({ deployment, stop: () => deployment.discard() });
    dir = await mkdtemp(join(tmpdir(), 'hub-mapping-'));
    await company.hire('101', { givenName: 'Zoë', familyName: 'Öz', email: 'zoe@corp.example' });
    await eventually(async () => (await company.app.user('zoe@corp.example'))?.active === true, { timeoutMs: 60_000 });
  }, 120_000);
  afterAll(async () => {
    await company.close();
    await rm(dir, { recursive: true, force: true });
  });

  const run = async (...args: string[]): Promise<{ code: number; out: string }> => {
    const { hub, tokens } = company;
    const program = resolve(built, 'apps/hub/src/cli.main.js');
    const more = ['--url', hub.baseOf('/provisioning'), '--token', tokens.admin];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'mapping', 'eval', ...args, ...more], {
        cwd: root,
      });
      return { code: 0, out: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout + stderr };
    }
  };

  it('shows what the mapping gives for a person', async () => {
    const { code, out } = await run('wiki', '101');
    expect([code, out.split('\n')]).toEqual([0, expect.arrayContaining(['userName = "zoe@corp.example"'])]);
  });

  it('tries another mapping, shows each step, and fails where there is no value', async () => {
    const file = join(dir, 'mapping.json');
    const expression = (target: string, text: string): object => ({ target, type: 'expression', expression: text });
    const mapping = [
      expression('nickName', 'ToLower(NormalizeDiacritics([surname]))'),
      expression('title', 'Not([custom.x])'),
    ];
    await writeFile(file, JSON.stringify(mapping));
    expect(await run('wiki', '101', '--file', file)).toEqual({
      code: 0,
      out: expect.stringMatching(
        /nickName = "oz"\n( {4}.*\n)* {4}NormalizeDiacritics\(\[surname\]\) = "Oz"\n( {4}.*\n)*title = .*\n( {4}.*\n)* {4}warning at 0: /,
      ),
    });
    const failing = [expression('title', 'Item(Split([givenName], " "), 5)')];
    await writeFile(file, JSON.stringify({ mapping: failing, mappingDefaults: false }));
    expect(await run('wiki', '101', '--file', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('title = no value: '),
    });
    expect(await company.app.user('zoe@corp.example')).not.toHaveProperty('nickName');
  });

  it('says what is wrong with a mapping, a person or the command', async () => {
    const file = join(dir, 'wrong.json');
    await writeFile(file, JSON.stringify([{ target: 'title', type: 'expression', expression: 'Joinn([a])' }]));
    expect(await run('wiki', '101', '--file', file)).toEqual({
      code: 1,
      out: expect.stringContaining('/mapping/0/expression'),
    });
    expect(await run('wiki', '999')).toEqual({
      code: 1,
      out: expect.stringContaining('no person with the employeeId 999'),
    });
    expect(await run('nowhere', '101')).toEqual({ code: 1, out: expect.stringContaining('404') });
    expect(await run('wiki')).toEqual({ code: 2, out: expect.stringContaining('usage') });
  });
});
