import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { SecretReferences } from './secret-references.config.js';

describe('secrets by reference', () => {
  let dir: string;
  let secrets: SecretReferences;
  const environment = { ...process.env };
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'hub-secrets-'));
    for (const folder of ['wiki', 'wiki-2', 'other']) mkdirSync(join(dir, folder));
    const put = (path: string, content: string | Buffer): void => writeFileSync(join(dir, path), content);
    put('wiki/token', 'from-file');
    put('wiki/bom', '\ufefffrom-file\r\n\n');
    put('wiki/two', 'two\nlines');
    put('wiki/utf16', Buffer.from('\ufeffsecret', 'utf16le'));
    put('wiki/empty', '\n');
    put('other/token', 'of another');
    put('wiki-2/token', 'of another');
    put('top', 'of nobody');
    symlinkSync(join(dir, 'other', 'token'), join(dir, 'wiki', 'link'));
    symlinkSync('token', join(dir, 'wiki', 'inner'));
    secrets = new SecretReferences(loadSettings({ CONNECTOR_SECRETS_DIR: dir }));
    Object.assign(process.env, {
      CONNECTOR_WIKI__TOKEN: '\ufefffrom-variable\n',
      CONNECTOR_WIKI_2__API_KEY: 'of wiki-2',
      CONNECTOR_WIKI__A__TOKEN: 'of wiki--a',
      WIKI_TOKEN: 'of nobody',
    });
  });
  afterAll(() => {
    process.env = environment;
    rmSync(dir, { recursive: true, force: true });
  });

  it('reads what is the connector’s own, without what editors put around it', () => {
    expect([
      secrets.read('wiki', 'env:CONNECTOR_WIKI__TOKEN'),
      secrets.read('wiki-2', 'env:CONNECTOR_WIKI_2__API_KEY'),
      secrets.read('wiki--a', 'env:CONNECTOR_WIKI__A__TOKEN'),
      secrets.read('wiki', 'file:token'),
      secrets.read('wiki', `file:${join(dir, 'wiki', 'token')}`),
      secrets.read('wiki', 'file:inner'),
      secrets.read('wiki', 'file:bom'),
    ]).toEqual(['from-variable', 'of wiki-2', 'of wiki--a', 'from-file', 'from-file', 'from-file', 'from-file']);
  });

  it.each([
    'env:WIKI_TOKEN',
    'env:PATH',
    'env:HUB_MASTER_KEY',
    'env:DATABASE_URL',
    'env:CONNECTOR_ID',
    'env:CONNECTOR_WIKI_2__API_KEY',
    'env:CONNECTOR_WIKI__A__TOKEN',
    'env:CONNECTOR_WIKI__',
    'env:connector_wiki__token',
    'env:',
    'ENV:CONNECTOR_WIKI__TOKEN',
    'file:/etc/passwd',
    'file:/proc/self/environ',
    'file:../other/token',
    'file:../wiki-2/token',
    'file:../top',
    'file:link',
    'file:.',
    'file:',
    'FILE:token',
  ])('refuses %s to the connector wiki, by name', (reference) => {
    expect(secrets.problem('wiki', reference)).toMatch(/is not a (variable|file) of this connector/);
    expect(() => secrets.read('wiki', reference)).toThrow(reference);
  });

  it.each(['file:two', 'file:utf16', 'file:empty', 'file:nowhere', 'env:CONNECTOR_WIKI__NOWHERE'])(
    'refuses %s by name, never by value',
    (reference) => {
      const read = (): string => secrets.read('wiki', reference);
      expect(read).toThrow(reference);
      expect(read).not.toThrow(/lines/);
    },
  );
});
