import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadSettings, loadSettings } from './settings.js';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof BadSettings) return error.problems;
    throw error;
  }
  return [];
}

const masterKey = Buffer.alloc(32, 1).toString('base64');

describe('settings', () => {
  it('need nothing: the embedded default works with an empty environment', () => {
    const settings = loadSettings({});
    expect(settings).toMatchObject({
      PORT: 3000,
      HUB_DATA_DIR: '.hub',
      embedded: true,
      host: '127.0.0.1',
      HUB_TIME_ZONE: 'UTC',
      brokers: [],
    });
    expect(settings.OIDC_ROLES_CLAIM).toBe('roles');
    expect(settings.IDENTITY_CLAIM).toBe('sub');
  });

  it('tell every problem at once, naming the setting and never its value', () => {
    const problems = problemsOf({
      PORT: 'secret-port',
      DATABASE_URL: 'mysql://secret',
      KAFKA_BROKERS: 'secret broker',
      OIDC_ISSUER: 'secret-issuer',
      CONNECTOR_ID: 'Secret_Id',
      CONNECTOR_ALLOWED_NETWORKS: 'secret-net',
      HUB_TIME_ZONE: 'Secret/Zone',
      HUB_MASTER_KEY: 'secret-key',
      METRICS_PORT: '70000',
    });
    const named = problems.map((problem) => problem.split(':')[0]);
    expect(named.sort()).toEqual([
      'CONNECTOR_ALLOWED_NETWORKS',
      'CONNECTOR_ID',
      'DATABASE_URL',
      'HUB_MASTER_KEY',
      'HUB_TIME_ZONE',
      'KAFKA_BROKERS',
      'METRICS_PORT',
      'OIDC_AUDIENCE',
      'OIDC_ISSUER',
      'PORT',
    ]);
    expect(problems.join()).not.toMatch(/secret/i);
  });

  it('want a master key as soon as the database is not embedded', () => {
    const env = { DATABASE_URL: 'postgres://db/hub' };
    expect(problemsOf(env)).toEqual([expect.stringMatching(/^HUB_MASTER_KEY: is missing/)]);
    expect(problemsOf({ ...env, HUB_MASTER_KEY: masterKey })).toEqual([]);
  });

  describe('that hold a secret', () => {
    const dir = mkdtempSync(join(tmpdir(), 'hub-settings-'));
    const file = (name: string, content: string): string => {
      writeFileSync(join(dir, name), content);
      return `file:${join(dir, name)}`;
    };
    afterAll(() => rmSync(dir, { recursive: true }));

    it('take file:PATH: the content counts, without its last line break', () => {
      const settings = loadSettings({
        DATABASE_URL: file('url', 'postgres://db/hub\n'),
        DATABASE_OWNER_URL: file('owner', 'postgres://owner@db/hub'),
        HUB_MASTER_KEY: file('key', `${masterKey}\r\n`),
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_USERNAME: file('user', 'hub-hr\n'),
        KAFKA_PASSWORD: file('password', ' with blanks \n'),
      });
      expect(settings).toMatchObject({
        DATABASE_URL: 'postgres://db/hub',
        DATABASE_OWNER_URL: 'postgres://owner@db/hub',
        HUB_MASTER_KEY: masterKey,
        embedded: false,
        kafkaSecurity: { sasl: { username: 'hub-hr', password: ' with blanks ' } },
      });
    });

    it('are each named when their file cannot be read, is empty or holds something else', () => {
      const problems = problemsOf({
        DATABASE_URL: file('url', 'mysql://secret'),
        DATABASE_OWNER_URL: 'file:/nowhere/url',
        HUB_MASTER_KEY: file('key', 'secret'),
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_USERNAME: file('user', ''),
        KAFKA_PASSWORD: 'file:/nowhere/password',
      });
      expect([...problems].sort()).toEqual([
        'DATABASE_OWNER_URL: names a file that cannot be read',
        'DATABASE_URL: must be a postgres:// address',
        'HUB_MASTER_KEY: must be 32 bytes in base64 or hexadecimal, or file:PATH of such a value',
        'KAFKA_PASSWORD: names a file that cannot be read',
        'KAFKA_USERNAME: names a file that is empty',
      ]);
    });
  });

  it('name one connector, several, or none', () => {
    expect(loadSettings({}).connectorIds).toEqual([]);
    expect(loadSettings({ CONNECTOR_ID: 'wiki' }).connectorIds).toEqual(['wiki']);
    expect(loadSettings({ CONNECTOR_ID: 'wiki, chat-1' }).connectorIds).toEqual(['wiki', 'chat-1']);
    expect(problemsOf({ CONNECTOR_ID: 'wiki,,chat' })).toEqual([expect.stringMatching(/^CONNECTOR_ID: must be ids/)]);
  });

  it('refuse a master key file that is not there, or whose key is short', () => {
    expect(problemsOf({ HUB_MASTER_KEY: 'file:/nowhere/key' })).toEqual([
      'HUB_MASTER_KEY: names a file that cannot be read',
    ]);
    expect(problemsOf({ HUB_MASTER_KEY: 'file:/dev/null' })).toEqual(['HUB_MASTER_KEY: names a file that is empty']);
  });

  it('listen on all addresses with an issuer of one’s own, unless HOST says otherwise', () => {
    const env = { OIDC_ISSUER: 'http://issuer:8080/realms/x', OIDC_AUDIENCE: 'hub' };
    expect(loadSettings(env).host).toBe('0.0.0.0');
    expect(loadSettings({ ...env, HOST: '::1' }).host).toBe('::1');
  });

  it('take an empty value for an absent one', () => {
    expect(loadSettings({ PORT: '', DATABASE_URL: '' }).embedded).toBe(true);
  });
});
