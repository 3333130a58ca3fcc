import { jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';

jest.setTimeout(180_000);

describe('who operates the hub', () => {
  let hub: HubUnderTest;
  beforeAll(async () => {
    hub = await startHub();
  }, 120_000);
  afterAll(() => hub.discard());

  interface Entry {
    readonly actor: string;
    readonly data: { readonly action: string; readonly code: string; readonly target: string | null };
  }

  it('is told who was refused, of many only some, and finds refused changes in the audit log', async () => {
    for (let at = 0; at < 30; at += 1) await hub.call('GET', '/hr/v1/workers', { token: 'x.y.z' });
    const reader = await hub.token('rita-auditor', 'auditor');
    const body = { displayName: 'Wiki', connectorId: 'wiki' };
    const refused = await hub.call('PUT', '/governance/v1/applications/wiki', { token: reader, body });
    expect(refused.status).toBe(403);
    expect((await hub.call('GET', '/hr/v1/workers', { token: reader })).status).toBe(403);

    const denied = hub
      .child()
      .output()
      .split('\n')
      .filter((line) => line.includes('"denied"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(denied.filter(({ code }) => code === 'invalid_token')).toHaveLength(10);
    expect(denied).toContainEqual(
      expect.objectContaining({
        status: 403,
        code: 'insufficient_role',
        action: 'PUT /governance/v1/applications/:id',
        actor: expect.stringMatching(/^subject\//),
      }),
    );
    expect(JSON.stringify(denied)).not.toMatch(/rita|x\.y\.z/);

    const filter = encodeURIComponent('type eq "hub.governance.action.refused.v1"');
    const entries = async (): Promise<Entry[]> =>
      (await hub.call<{ items: Entry[] }>('GET', `/audit/v1/entries?filter=${filter}`, { token: reader })).body.items;
    await eventually(async () => (await entries()).length === 1);
    const [entry] = await entries();
    expect(entry?.data).toMatchObject({
      action: 'PUT /governance/v1/applications/:id',
      code: 'insufficient_role',
      target: 'wiki',
    });
    // What only asked is no change, and is no entry.
    expect(JSON.stringify(await entries())).not.toContain('GET');
  });

  it('is told that the key is gone, by its file, and the hub makes no other beside data', async () => {
    const key = join(hub.dataDir, 'master.key');
    await hub.stop();
    await rename(key, `${key}.away`);
    hub.launch();
    const { code } = await hub.child().exited;
    expect([code, hub.child().output()]).toEqual([1, expect.stringContaining('master.key is missing')]);
    expect(existsSync(key)).toBe(false);
    await rename(`${key}.away`, key);
    hub.launch();
    await hub.ready();
  });
});
