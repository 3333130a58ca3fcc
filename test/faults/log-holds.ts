import { verifyEvidencePack } from '#libs/merkle-log/verify-pack.js';
import { eventually } from '../support/eventually.js';
import { logProblems } from './log-oracle.js';
import type { World } from './world.js';

/**
 * The log says what the application shows, every effect in it leads back to an HR record or a request, every active person
 * has access by it and nobody else, and a pack of the application verifies offline.
 */
export async function logHolds(world: World): Promise<void> {
  await world.quiescence();
  await eventually(
    async () => {
      const problems = logProblems(await world.client.entries(), world.application.dump());
      if (problems.length > 0)
        throw new Error(`${problems.length} faults in the log:\n${problems.slice(0, 10).join('\n')}`);
      await accessHolds(world);
      return true;
    },
    { timeoutMs: 30_000, everyMs: 200 },
  );
  await packVerifies(world);
}

async function accessHolds(world: World): Promise<void> {
  const path = `/audit/v1/access?application=wiki&limit=500&at=${encodeURIComponent(new Date().toISOString())}`;
  const { items } = await world.client.get<{ items: { identity: { employeeId: string } }[] }>(path, 'auditor');
  const said = items.map(({ identity }) => identity.employeeId).sort();
  const wanted = world.active();
  const differing = [...said.filter((id) => !wanted.includes(id)), ...wanted.filter((id) => !said.includes(id))];
  if (differing.length > 0 || said.length !== wanted.length)
    throw new Error(`the log's answer to who has access now differs for ${differing.join()}: ${said.join()}`);
}

async function packVerifies(world: World): Promise<void> {
  const token = await world.client.token('auditor');
  const about = (await world.client.entries()).filter(({ application }) => application === 'wiki').length;
  const body = { scope: { application: 'wiki' }, from: '2020-01-01T00:00:00Z', to: new Date().toISOString() };
  const job = await world.hub.call('POST', '/audit/v1/exports', { token, body });
  if (job.status !== 202) throw new Error(`POST /audit/v1/exports was answered ${job.status}: ${job.text}`);
  const href = await eventually(
    async () => {
      const done = await world.client.get(job.headers.get('location') ?? '', 'auditor');
      return done['status'] === 'completed' ? String(done['href']) : undefined;
    },
    { timeoutMs: 30_000 },
  );
  const pack = await fetch(`${world.hub.base}${href}`, { headers: { authorization: `Bearer ${token}` } });
  const verdict = verifyEvidencePack(Buffer.from(await pack.arrayBuffer()));
  if (!verdict.ok) throw new Error(`the log does not verify: ${verdict.findings.join('; ')}`);
  if (verdict.entries < about) throw new Error(`the pack has ${verdict.entries} entries, the log ${about}`);
}
