import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { companyOn, type Company } from '../support/company.js';
import { hubDeployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import { built, root } from '../support/processes.js';

jest.setTimeout(180_000);

describe('on the command line', () => {
  let company: Company;
  let dir: string;
  beforeAll(async () => {
    const deployment = await hubDeployment();
    company = await companyOn({ deployment, stop: () => deployment.discard() });
    dir = await mkdtemp(join(tmpdir(), 'hub-commands-'));
    await company.hire('101', { givenName: 'Zoë', familyName: 'Öz', email: 'zoe@corp.example' });
    await eventually(async () => (await company.app.user('zoe@corp.example'))?.active === true, { timeoutMs: 60_000 });
  }, 120_000);
  afterAll(async () => {
    await company.close();
    await rm(dir, { recursive: true, force: true });
  });

  const run = (...args: string[]) => hub('mapping', 'eval', ...args);
  const hub = async (...args: string[]): Promise<{ code: number; out: string }> => {
    const { tokens } = company;
    const program = resolve(built, 'apps/hub/src/cli.main.js');
    const more = ['--url', company.hub.baseOf('/provisioning'), '--token', tokens.admin];
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, ...more], {
        cwd: root,
      });
      return { code: 0, out: stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout + stderr };
    }
  };

  it('mapping eval shows what the mapping gives for a person', async () => {
    const { code, out } = await run('wiki', '101');
    expect([code, out.split('\n')]).toEqual([0, expect.arrayContaining(['userName = "zoe@corp.example"'])]);
  });

  it('mapping eval tries another mapping, shows each step, and fails where there is no value', async () => {
    const file = join(dir, 'mapping.json');
    const expression = (target: string, text: string): object => ({ target, type: 'expression', expression: text });
    const mapping = [
      expression('nickName', 'ToLower(NormalizeDiacritics([surname]))'),
      expression('title', 'Not([displayName])'),
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

  it('mapping eval says what is wrong with a mapping, a person or the command', async () => {
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

  /** The document of the walk in docs/connecting-an-application.md, for this application. */
  const walked = (): Record<string, unknown> => {
    const page = readFileSync(join(root, 'docs/connecting-an-application.md'), 'utf8');
    const [, document = ''] = /<<'JSON'\n([^]*?)\nJSON\n/.exec(page) ?? [];
    const { baseUrl, token } = company.app;
    return { ...(JSON.parse(document) as object), baseUrl, auth: { type: 'bearer', token } };
  };
  const fileOf = async (name: string, text: string): Promise<string> => {
    const file = join(dir, name);
    await writeFile(file, text);
    return file;
  };

  it('connector check takes the documented document, as JSON and as YAML, and prints each promise', async () => {
    for (const file of [
      await fileOf('walked.json', JSON.stringify(walked())),
      await fileOf('walked.yaml', `# as YAML\n${stringify(walked())}`),
    ]) {
      const { code, out } = await hub('connector', 'check', file);
      expect([code, out.split('\n')]).toEqual([
        0,
        expect.arrayContaining(['The document is valid: passed', 'The address is that of a SCIM service: passed']),
      ]);
    }
    const { body } = await company.hub.call('GET', '/provisioning/v1/connectors/walked', {
      token: company.tokens.admin,
    });
    expect(body).toMatchObject({ status: 404 });
  });

  it('connector check says what is wrong with a document, a file or the command', async () => {
    const more = { profile: 'slack', deprovision: { deleteAfter: 'P30D' } };
    const wrong = await fileOf('wrong.yaml', stringify({ ...walked(), ...more }));
    expect(await hub('connector', 'check', wrong)).toMatchObject({
      code: 1,
      out: expect.stringContaining('The document is valid: failed\n    /deprovision/deleteAfter must be left out'),
    });
    const refused = await fileOf(
      'refused.json',
      JSON.stringify({ ...walked(), auth: { type: 'bearer', token: 'other' } }),
    );
    expect(await hub('connector', 'check', refused)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/credentials.*: failed/),
    });
    const broken = await fileOf('broken.yaml', 'displayName: [');
    expect(await hub('connector', 'check', broken)).toMatchObject({
      code: 1,
      out: expect.stringContaining('not YAML: line 1'),
    });
    expect(await hub('connector', 'check')).toMatchObject({ code: 2, out: expect.stringContaining('usage') });
  });

  it('connector discover proposes a profile, and leaves nothing behind', async () => {
    for (const more of [[], ['--write']]) {
      const { code, out } = await hub('connector', 'discover', 'wiki', ...more);
      expect([code, out]).toEqual([expect.any(Number), expect.stringMatching(/^"profile": /)]);
      expect(out).not.toContain('remove it by hand');
    }
    expect((await company.app.users()).filter(({ userName }) => userName.includes('probe'))).toEqual([]);
    expect(await hub('connector', 'discover', 'nowhere')).toMatchObject({
      code: 1,
      out: expect.stringContaining('404'),
    });
    expect(await hub('connector', 'discover', 'wiki', '--id', 'x')).toMatchObject({ code: 2 });
  });

  it('reconcile reads the application, and says what was there', async () => {
    const { code, out } = await hub('reconcile', 'wiki');
    expect([code, out]).toEqual([0, expect.stringMatching(/^completed: [1-9]\d* accounts, /)]);
    expect(await hub('reconcile', 'nowhere')).toMatchObject({ code: 1, out: expect.stringContaining('404') });
    expect(await hub('reconcile', 'wiki', '--confirm', 'all')).toMatchObject({ code: 2 });
    expect(await hub('reconcile')).toMatchObject({ code: 2, out: expect.stringContaining('usage') });
  });

  it('a document is defined as YAML, too, and refused with the place where it is none', async () => {
    const { admin } = company.tokens;
    const put = (body: string) =>
      company.hub.call('PUT', '/provisioning/v1/connectors/written', {
        token: admin,
        body,
        headers: { 'content-type': 'application/yaml' },
      });
    const made = await put(stringify(walked()));
    expect([made.status, made.body]).toEqual([201, expect.objectContaining({ id: 'written', displayName: 'Wiki' })]);
    expect(await put('displayName: Wiki\ndisplayName: Other\n')).toMatchObject({
      status: 400,
      body: { code: 'malformed_yaml', detail: expect.stringContaining('line 2, column 1') },
    });
  });
});
