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

  it('refuse a master key file that is not there, or whose key is short', () => {
    expect(problemsOf({ HUB_MASTER_KEY: 'file:/nowhere/key' })).toEqual([
      'HUB_MASTER_KEY: names a file that cannot be read',
    ]);
    expect(problemsOf({ HUB_MASTER_KEY: 'file:/dev/null' })).toEqual([
      'HUB_MASTER_KEY: must be 32 bytes in base64 or hexadecimal',
    ]);
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
