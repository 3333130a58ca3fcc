import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { startApplication, type Application, type ScimUser } from '../support/application.js';
import { baseBackup } from '../support/base-backup.js';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { built, freePort, root, startProgram } from '../support/processes.js';
import { some } from '../support/some.js';
import { applicationDocuments } from '../support/wiki-documents.js';

jest.setTimeout(180_000);
const within = { timeoutMs: 60_000, everyMs: 100 };
const masterKey = Buffer.alloc(32, 7).toString('base64');
const reason = 'restored the backup of yesterday';

interface Entry {
  readonly data: { readonly size?: number; readonly former?: { readonly size: number } | null };
  readonly personal: readonly { readonly fields: { readonly reason?: string } | null }[];
}

describe('a restore of yesterday’s backup', () => {
  let app: Application;
  let hub: HubUnderTest;
  let place: string;
  /** Of the hub that is lost. */
  let lost: string;
  let before: readonly ScimUser[] = [];
  const size = { backup: 0, lost: 0 };

  /** Of the hub that runs: what a former one issued is in no list of the new place. */
  const tokens = new Map<string, string>();
  const started = async (): Promise<void> => {
    for (const role of ['admin', 'hr-feed', 'auditor']) tokens.set(role, await hub.token(`the-${role}`, role));
  };
  const tokenOf = (role: string): string => tokens.get(role) ?? '';
  const put = async (path: string, role: string, body: object): Promise<void> => {
    const answer = await hub.call('PUT', path, { token: tokenOf(role), body });
    if (answer.status >= 300) throw new Error(`PUT ${path} answered ${answer.status}: ${answer.text}`);
  };
  const hire = (employeeId: string, name: string, more: object = {}): Promise<void> =>
    put(`/hr/v1/workers/${employeeId}`, 'hr-feed', {
      familyName: name,
      email: `${name}@corp.example`,
      hireDate: '2020-01-01',
      ...more,
    });
  const isActive = async (name: string): Promise<boolean | undefined> =>
    (await app.user(`${name}@corp.example`))?.active;
  const entries = async (type: string): Promise<Entry[]> => {
    const path = `/audit/v1/entries?filter=${encodeURIComponent(`type eq "${type}"`)}`;
    const { body } = await hub.call('GET', path, { token: tokenOf('auditor') });
    return body['items'] as Entry[];
  };
  const signed = async (): Promise<number> => {
    const { text } = await hub.call('GET', '/audit/v1/checkpoint', { token: tokenOf('auditor') });
    return Number(text.split('\n')[1]);
  };

  /** Starts on the restored data, and must not come up. @returns what it said */
  async function refusedStart(): Promise<string> {
    const env = { HUB_DATA_DIR: place, HUB_MASTER_KEY: masterKey, PORT: String(await freePort()) };
    const child = startProgram('apps/hub/src/main.js', [], env);
    const { code } = await child.exited;
    expect(code).toBe(1);
    return child.output();
  }

  beforeAll(async () => {
    app = await startApplication();
    hub = await startHub({ HUB_MASTER_KEY: masterKey });
    await started();
    lost = hub.dataDir;
    place = await mkdtemp(join(tmpdir(), 'hub-restored-'));
    for (const [path, document] of some(applicationDocuments(app))) await put(path, 'admin', document);
    await hire('1001', 'ada');
    await hire('1002', 'grace');
    await eventually(async () => (await isActive('ada')) === true && (await isActive('grace')) === true, within);
    await eventually(async () => (await entries('hub.provisioning.account.created.v1')).length === 2, within);
    size.backup = await signed();
    await baseBackup(hub.dataDir, join(place, 'postgres'));
    // Today: one leaves, and one begins.
    await hire('1002', 'grace', { terminationDate: '2020-02-01' });
    await hire('1003', 'alan');
    await eventually(async () => (await isActive('alan')) === true && (await isActive('grace')) === false, within);
    await eventually(async () => (await entries('hub.provisioning.account.disabled.v1')).length === 1, within);
    size.lost = await signed();
    before = await app.users();
    await hub.stop();
  });
  afterAll(async () => {
    await hub.discard();
    await app.child.stop();
    for (const dir of [lost, place]) await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });

  it('does not start: the log is shorter than what is kept of it outside, and it says by how much', async () => {
    for (const file of ['postgres.password', 'audit.checkpoint', 'audit.vkey'])
      await copyFile(join(lost, file), join(place, file));
    const said = await refusedStart();
    const [, has, kept] = /the log has (\d+) entries, and the checkpoint at .* has (\d+)/.exec(said) ?? [];
    expect(Number(has)).toBeGreaterThanOrEqual(size.backup);
    expect(Number(kept)).toBeGreaterThanOrEqual(size.lost);
    expect(Number(has)).toBeLessThan(Number(kept));
  });

  it('does not start without that record either, until a person adopts the log', async () => {
    await rename(join(place, 'audit.checkpoint'), join(place, 'audit.checkpoint.before-restore'));
    expect(await refusedStart()).toMatch(/hub -- audit adopt/);
    const program = resolve(built, 'apps/hub/src/cli.main.js');
    const env = { ...process.env, HUB_DATA_DIR: place };
    const former = join(place, 'audit.checkpoint.before-restore');
    const adopt = (file: string): Promise<unknown> =>
      promisify(execFile)(process.execPath, [program, 'audit', 'adopt', '--reason', reason, '--former', file], {
        cwd: root,
        env,
      });
    // The key of the log is no checkpoint of it.
    await expect(adopt(join(place, 'audit.vkey'))).rejects.toThrow(/checkpoint/);
    await adopt(former);
    hub = await startHub({ HUB_MASTER_KEY: masterKey }, { dataDir: place });
    await started();
    const adopted = await eventually(async () => {
      const found = await entries('hub.audit.record.adopted.v1');
      return found.length > 0 ? found : undefined;
    }, within);
    expect(adopted.map(({ personal }) => personal[0]?.fields?.reason)).toEqual([reason]);
    // The entries that are lost: from the first number to the second.
    const { size: kept = 0, former: gone } = adopted[0]?.data ?? {};
    expect(kept).toBeGreaterThanOrEqual(size.backup);
    expect(kept).toBeLessThan(size.lost);
    expect(gone?.size).toBeGreaterThanOrEqual(size.lost);
  });

  it('makes no second account, and disables again the people who left since, once HR states everybody again', async () => {
    // Somebody enabled her again while the hub was away.
    const grace = before.find(({ userName }) => userName.startsWith('grace'));
    const enable = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: true }],
    };
    await app.call('PATCH', `/Users/${grace?.id ?? ''}`, enable);
    expect(await isActive('grace')).toBe(true);
    await hire('1001', 'ada');
    await hire('1002', 'grace', { terminationDate: '2020-02-01' });
    await hire('1003', 'alan');
    await eventually(async () => (await isActive('grace')) === false, within);
    await eventually(async () => (await entries('hub.provisioning.account.disabled.v1')).length === 1, within);
    await hire('1004', 'linus');
    await eventually(async () => (await isActive('linus')) === true, within);
    const ids = (users: readonly ScimUser[]): string[] => users.map(({ id, userName }) => `${userName} ${id}`).sort();
    const after = (await app.users()).filter(({ userName }) => !userName.startsWith('linus'));
    expect(ids(after)).toEqual(ids(before));
    expect([await isActive('ada'), await isActive('alan')]).toEqual([true, true]);
  });

  it('goes on in a log that is sound', async () => {
    const token = tokenOf('auditor');
    expect((await hub.call('POST', '/audit/v1/checks', { token })).body).toMatchObject({ ok: true });
    await eventually(async () => (await signed()) > size.backup, within);
  });
});
