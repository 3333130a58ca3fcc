import { verifyEvidencePack } from '#libs/merkle-log/verify-pack.js';
import { eventually } from '../support/eventually.js';
import type { World } from './world.js';

interface Entry {
  readonly id?: string;
  readonly type: string;
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** Every effect in the log leads back to an HR record or a request, and a pack of the application verifies offline. */
export async function logHolds(world: World): Promise<void> {
  const token = await world.token('auditor');
  const entries: Entry[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const path: string = `/audit/v1/entries?limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, text, body } = await world.hub.call<{ items: Entry[]; nextCursor: string | null }>('GET', path, {
      token,
    });
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${text}`);
    entries.push(...body.items);
    cursor = body.nextCursor;
  }
  const started = new Set(
    entries
      .filter(({ type }) => type.startsWith('hub.hr.worker.') || type.startsWith('hub.governance.'))
      .map((entry) => entry.correlationId),
  );
  const effects = entries.filter(({ type }) => /^hub\.provisioning\.(account|membership)\./.test(type));
  const orphaned = effects.filter(
    ({ correlationId, causationId }) => causationId === null || !started.has(correlationId),
  );
  if (effects.length === 0) throw new Error('the log has no effects at all');
  if (orphaned.length > 0)
    throw new Error(`${orphaned.length} effects without a cause, first: ${JSON.stringify(orphaned[0])}`);

  const body = { scope: { application: 'wiki' }, from: '2020-01-01T00:00:00Z', to: new Date().toISOString() };
  const job = await world.hub.call('POST', '/audit/v1/exports', { token, body });
  const href = await eventually(
    async () => {
      const { body: done } = await world.hub.call('GET', job.headers.get('location') ?? '', { token });
      return done['status'] === 'completed' ? String(done['href']) : undefined;
    },
    { timeoutMs: 30_000 },
  );
  const pack = await fetch(`${world.hub.base}${href}`, { headers: { authorization: `Bearer ${token}` } });
  const verdict = verifyEvidencePack(Buffer.from(await pack.arrayBuffer()));
  if (!verdict.ok) throw new Error(`the log does not verify: ${verdict.findings.join('; ')}`);
  if (verdict.entries === 0) throw new Error('the pack proves nothing: it has no entries');
}
