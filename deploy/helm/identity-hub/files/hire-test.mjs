// `helm test`: every service is ready, nobody is let in without a token, and a hire becomes an identity and an entry of the log.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const bases = JSON.parse(process.env.BASES);
const employeeId = 'helm-test';
const until = Date.now() + 120_000;

async function call(base, method, path, token, body) {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

async function eventually(what, condition) {
  for (;;) {
    const found = await condition().catch((error) => ({ no: String(error) }));
    if (found === true) return console.log(`ok: ${what}`);
    if (Date.now() > until) throw new Error(`not within two minutes: ${what}: ${JSON.stringify(found)}`);
    await sleep(500);
  }
}

async function tokenOf(subject, role) {
  const file = `/etc/hub/tokens/${role}`;
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (process.env.TRIAL !== 'true') return null;
  const program = '/app/dist/apps/hub/src/token.main.js';
  return (await promisify(execFile)(process.execPath, [program, subject, role])).stdout.trim();
}

for (const [name, base] of Object.entries(bases)) {
  await eventually(`${name} is ready`, async () => (await call(base, 'GET', '/health/ready')).status === 200);
}
const open = await call(bases.governance, 'GET', '/governance/v1/identities');
if (open.status !== 401) throw new Error(`without a token governance answered ${open.status}, not 401`);
console.log('ok: nobody is let in without a token');

const [feed, admin] = [await tokenOf('helm-test', 'hr-feed'), await tokenOf('helm-test', 'policy-admin')];
if (feed === null || admin === null) {
  console.log('no hire was sent: give test.existingTokenSecret a token each of the roles hr-feed and policy-admin');
  process.exit(0);
}
const worker = { familyName: 'Test of the installation', hireDate: '2020-01-01' };
const put = (body) => call(bases.hr, 'PUT', `/hr/v1/workers/${employeeId}`, feed, body);
const hired = await put(worker);
if (hired.status >= 300) throw new Error(`the hire was answered ${hired.status}: ${hired.text}`);
const filter = encodeURIComponent(`employeeId eq "${employeeId}"`);
const identity = async () =>
  (await call(bases.governance, 'GET', `/governance/v1/identities?filter=${filter}`, admin)).body.items?.[0];
await eventually('the hire is an active identity', async () => (await identity())?.status === 'active');
// The person of this test has left afterwards.
const left = await put({ ...worker, terminationDate: '2020-01-02' });
if (left.status >= 300) throw new Error(`the leaver was answered ${left.status}: ${left.text}`);
await eventually('the leaver is an inactive identity', async () => (await identity())?.status === 'inactive');
