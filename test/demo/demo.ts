import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startHub, type Answer, type HubUnderTest } from '../support/hub.js';
import { eventually } from '../support/eventually.js';
import { root } from '../support/processes.js';
import { startApplication, type Application } from '../support/application.js';
import { packFiles, sha256Hex, type PackEntry } from '#libs/merkle-log/evidence-pack.js';
import { writeZip } from '#libs/merkle-log/write-zip.js';
import { readZip } from '#libs/merkle-log/zip.js';
import { Story } from './story.js';
import { BillingApi } from '../targets/billing-api.js';
import { startScimStub } from '../targets/scim-stub.js';
import { type Billing, grantRole, leaveWhileDown, lineTo, takeOver, type Telling } from './takeover.js';

/**
 * The main job on real input, told in the terminal: people come from an HR file, get accounts and groups in an application,
 * one asks for more, one moves, one leaves; the hub is killed in the middle of an import; an application with accounts of its own is taken over; one with a role by its own API is down while somebody leaves; an auditor proves it all. Every result is read back from the application.
 * `--once` stops at the end and exits 0 only if all held; without it hub and application stay up.
 */
const once = process.argv.includes('--once');
const story = new Story();
const begun = new Date().toISOString();

interface Demo {
  readonly hub: HubUnderTest;
  readonly app: Application;
  readonly as: Record<'hr' | 'admin' | 'auditor', string>;
}

async function tell<Body = Record<string, unknown>>(
  { hub }: Demo,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Body>> {
  const started = performance.now();
  const answer = await hub.call<Body>(method, path, { token, headers, ...(body === undefined ? {} : { body }) });
  story.http(method, path, body, answer.status, performance.now() - started);
  if (answer.status >= 400) story.say(answer.text);
  return answer;
}

/** Awaits that the application or the hub says so; `check` answers true, or what it found instead. @returns milliseconds */
async function within(what: string, check: () => Promise<true | string>, timeoutMs = 20_000): Promise<number> {
  const started = performance.now();
  let found = '';
  const ok = await eventually(
    async () => {
      const answer = await check();
      if (answer !== true) found = answer;
      return answer === true;
    },
    { timeoutMs, everyMs: 10 },
  ).catch((error: unknown) => {
    found ||= String(error);
    return false;
  });
  const ms = performance.now() - started;
  story.check(`${what} (${Math.round(ms)} ms)`, ok, found);
  return ms;
}

/** True, or the list as found. */
const has = (list: readonly string[], wanted: number): true | string =>
  list.length === wanted || `${list.length}: ${list.join(', ')}`;

async function identityOf(demo: Demo, employeeId: string): Promise<{ id: string }> {
  const filter = encodeURIComponent(`employeeId eq "${employeeId}"`);
  const { body } = await demo.hub.call<{ items: { id: string }[] }>(
    'GET',
    `/governance/v1/identities?filter=${filter}`,
    { token: demo.as.admin },
  );
  const [identity] = body.items;
  if (identity === undefined) throw new Error(`no identity for employee ${employeeId}`);
  return identity;
}

async function connect(demo: Demo): Promise<void> {
  story.chapter('An administrator connects an application and says who gets what');
  await tell(demo, demo.as.admin, 'PUT', '/provisioning/v1/connectors/intranet', {
    displayName: 'Intranet',
    mode: 'enforce',
    protocol: 'scim2',
    baseUrl: demo.app.baseUrl,
    auth: { type: 'bearer', token: demo.app.token },
  });
  await tell(demo, demo.as.admin, 'PUT', '/governance/v1/applications/intranet', {
    displayName: 'Intranet',
    connectorId: 'intranet',
  });
  const packages = {
    workplace: {
      displayName: 'Workplace',
      grants: [
        { application: 'intranet', account: true },
        { application: 'intranet', group: 'Everyone' },
      ],
    },
    engineering: { displayName: 'Engineering', grants: [{ application: 'intranet', group: 'Engineering' }] },
    sales: { displayName: 'Sales', grants: [{ application: 'intranet', group: 'Sales' }] },
    'payroll-reports': {
      displayName: 'Payroll reports',
      grants: [{ application: 'intranet', group: 'Payroll reports' }],
      requestFor: 'self',
      approval: { stages: [{ approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny' }] },
    },
  };
  for (const [id, body] of Object.entries(packages))
    await tell(demo, demo.as.admin, 'PUT', `/governance/v1/access-packages/${id}`, body);
  const rules = {
    everyone: { displayName: 'Everyone has a workplace', filter: 'status eq "active"', packages: ['workplace'] },
    engineers: { displayName: 'Engineers', filter: 'department eq "Engineering"', packages: ['engineering'] },
    sellers: { displayName: 'Sales people', filter: 'department eq "Sales"', packages: ['sales'] },
  };
  for (const [id, body] of Object.entries(rules))
    await tell(demo, demo.as.admin, 'PUT', `/governance/v1/birthright-rules/${id}`, body);
}

async function hire(demo: Demo): Promise<void> {
  story.chapter('HR sends a file with 25 people and their managers');
  // It kills itself with SIGKILL there: so it is in the middle each time.
  await demo.hub.restart({ HUB_CRASH_AT: 'hr.import.mid-batch' });
  const csv = await readFile(resolve(root, 'test/demo/people.csv'), 'utf8');
  const headers = { 'content-type': 'text/csv', 'idempotency-key': randomUUID() };
  const send = (): Promise<Answer> => tell(demo, demo.as.hr, 'POST', '/hr/v1/imports?mode=delta', csv, headers);
  // The answer may be lost with the hub: asked again under the same key, it names the same import.
  const answer = await send().catch(() => null);
  const { signal } = await demo.hub.child().exited;
  story.check('kill -9: the hub ended in the middle of the import', signal === 'SIGKILL', String(signal));
  const started = performance.now();
  demo.hub.launch();
  await demo.hub.ready();
  story.say(`started again on the same data, it answers after ${Math.round(performance.now() - started)} ms`);
  const location = (answer ?? (await send())).headers.get('location') ?? '';
  await within('the import is through, 25 created, none rejected', async () => {
    const { body } = await demo.hub.call('GET', location, { token: demo.as.hr });
    return (body['status'] === 'completed' && body['created'] === 25 && body['rejected'] === 0) || JSON.stringify(body);
  });
  await within('25 active accounts in the application, each once', async () => {
    const active = (await demo.app.users()).filter((u) => u.active === true).map((u) => u.userName);
    return new Set(active).size === active.length ? has(active, 25) : `one twice: ${active.join(', ')}`;
  });
  await within('all 25 are in the group Everyone', async () => has(await demo.app.members('Everyone'), 25));
  await within('the 10 engineers are in the group Engineering', async () =>
    has(await demo.app.members('Engineering'), 10),
  );
  await within('the 6 sales people are in the group Sales', async () => has(await demo.app.members('Sales'), 6));
}

async function request(demo: Demo): Promise<void> {
  story.chapter('Tom asks for the payroll reports, his manager Hanna approves');
  const tom = await demo.hub.token('1015', 'requester');
  const hanna = await demo.hub.token('1003', 'approver');
  const asked = await tell<{ id: string; status: string }>(demo, tom, 'POST', '/governance/v1/requests', {
    packageId: 'payroll-reports',
    justification: 'I prepare the month-end closing',
  });
  story.check('the request waits for approval', asked.body.status === 'pending', asked.text);
  story.check('before the approval he is not in the group', (await demo.app.members('Payroll reports')).length === 0);
  const own = await tell(
    demo,
    await demo.hub.token('1015', 'approver'),
    'POST',
    `/governance/v1/requests/${asked.body.id}/decisions`,
    {
      decision: 'approve',
      comment: 'me',
    },
  );
  story.check('Tom cannot approve his own request', own.status === 403, String(own.status));
  const waiting = await tell<{ items: { id: string }[] }>(demo, hanna, 'GET', '/governance/v1/approvals');
  story.check('it waits in Hanna’s list', waiting.body.items.length === 1, waiting.text);
  await tell(demo, hanna, 'POST', `/governance/v1/requests/${asked.body.id}/decisions`, {
    decision: 'approve',
    comment: 'needed for the closing',
  });
  await within('Tom, and nobody else, is in the group Payroll reports', async () => {
    const members = (await demo.app.members('Payroll reports')).join();
    return members === 'tom.obrien@northwind.example' || members;
  });
  await within('the request says delivered', async () => {
    const { body, text } = await demo.hub.call('GET', `/governance/v1/requests/${asked.body.id}`, { token: tom });
    return (body['status'] === 'approved' && body['delivery'] === 'delivered') || text;
  });
}

/** A worker as the file states it, with changes. */
async function worker(employeeId: string, changes: Record<string, string>): Promise<Record<string, string>> {
  const [header = '', ...rows] = (await readFile(resolve(root, 'test/demo/people.csv'), 'utf8')).trim().split('\n');
  const cells = rows.map((row) => row.split(',')).find(([id]) => id === employeeId) ?? [];
  const stated = Object.fromEntries(header.split(',').map((name, index) => [name, cells[index] ?? '']));
  return Object.fromEntries(
    Object.entries({ ...stated, ...changes }).filter(([name, value]) => value !== '' && name !== 'employeeId'),
  );
}

async function moveAndLeave(demo: Demo): Promise<void> {
  story.chapter('Zoë moves from Engineering to Sales');
  await tell(
    demo,
    demo.as.hr,
    'PUT',
    '/hr/v1/workers/1008',
    await worker('1008', { department: 'Sales', jobTitle: 'Sales Engineer', managerId: '1004' }),
  );
  const zoe = 'zoe.brandt@northwind.example';
  await within('she is in Sales and no longer in Engineering', async () => {
    const [sales, engineering] = [await demo.app.members('Sales'), await demo.app.members('Engineering')];
    return (
      (sales.includes(zoe) && !engineering.includes(zoe)) ||
      `Sales: ${sales.join()}; Engineering: ${engineering.join()}`
    );
  });

  story.chapter('Tom leaves today');
  const tom = 'tom.obrien@northwind.example';
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await tell(demo, demo.as.hr, 'PUT', '/hr/v1/workers/1015', await worker('1015', { terminationDate: yesterday }));
  const ms = await within('his account is disabled', async () => {
    const account = await demo.app.user(tom);
    return account?.active === false || JSON.stringify(account);
  });
  story.check('that took less than five seconds', ms < 5_000, `${Math.round(ms)} ms`);
  await within('and is in no group any more', async () => {
    const groups = ['Everyone', 'Engineering', 'Sales', 'Payroll reports'];
    const members = await Promise.all(groups.map((group) => demo.app.members(group)));
    return has(
      groups.filter((_, index) => members[index]?.includes(tom)),
      0,
    );
  });
  const refused = await tell(demo, await demo.hub.token('1015', 'requester'), 'GET', '/governance/v1/requests');
  story.check('his token is refused', refused.status === 401, String(refused.status));
}

interface Why {
  readonly package: string;
  readonly since: string;
  readonly by:
    | { readonly type: 'birthright'; readonly rule: string }
    | {
        readonly type: 'request';
        readonly justification: string | null;
        readonly approvals: readonly {
          readonly approver: { readonly displayName: string };
          readonly decision: string;
          readonly comment: string | null;
        }[];
      };
  readonly chain: readonly { readonly entry: number; readonly type: string }[];
}
interface AccessItem {
  readonly identity: { readonly employeeId: string; readonly displayName: string };
  readonly why: readonly Why[];
}

/** One cause in plain words, with the entries of the log that prove it. */
function inWords({ package: name, since, by, chain }: Why): string {
  const cause =
    by.type === 'birthright'
      ? `by the rule “${by.rule}”`
      : `because he asked (“${by.justification ?? ''}”) and ${by.approvals
          .map(({ approver, decision, comment }) => `${approver.displayName} said ${decision} (“${comment ?? ''}”)`)
          .join(', ')}`;
  return `${name}, since ${since}, ${cause}\n  entries ${chain.map(({ entry, type }) => `${entry} ${type}`).join(' → ')}`;
}

async function audit(demo: Demo, during: string, dir: string): Promise<void> {
  story.chapter('The auditor asks who had access, and why, and checks it without us');
  const then = await tell<{ items: AccessItem[] }>(
    demo,
    demo.as.auditor,
    'GET',
    `/audit/v1/access?application=intranet&at=${encodeURIComponent(during)}&limit=100`,
  );
  const tomThen = then.body.items.find((item) => item.identity.employeeId === '1015');
  story.check('while he was here, Tom had access', tomThen !== undefined, then.text);
  const why = tomThen?.why ?? [];
  for (const one of why) story.say(inWords(one));
  const causes = why.map(({ package: name, by }) => `${name} by ${by.type}`).sort();
  story.check(
    'the answer says why: one package by rule, one by an approved request',
    causes.join() === 'payroll-reports by request,workplace by birthright',
    causes.join(', '),
  );
  await within('now 23 people have access, and Tom is not among them', async () => {
    const { body } = await demo.hub.call<{ items: AccessItem[] }>(
      'GET',
      `/audit/v1/access?application=intranet&at=${encodeURIComponent(new Date().toISOString())}&limit=100`,
      { token: demo.as.auditor },
    );
    const names = body.items.map(({ identity }) => `${identity.employeeId} ${identity.displayName}`);
    return names.some((name) => name.startsWith('1015 ')) ? `Tom: ${names.join(', ')}` : has(names, 23);
  });
  const tom = await identityOf(demo, '1015');
  const job = await tell(demo, demo.as.auditor, 'POST', '/audit/v1/exports', {
    scope: { identity: tom.id },
    from: begun,
    to: new Date().toISOString(),
  });
  const location = job.headers.get('location') ?? '';
  let href = '';
  await within('the evidence pack is made', async () => {
    const { body, text } = await demo.hub.call('GET', location, { token: demo.as.auditor });
    href = String(body['href'] ?? '');
    return body['status'] === 'completed' || text;
  });
  const pack = await fetch(`${demo.hub.base}${href}`, { headers: { authorization: `Bearer ${demo.as.auditor}` } });
  const file = join(dir, 'tom.zip');
  const bytes = Buffer.from(await pack.arrayBuffer());
  await writeFile(file, bytes);
  story.say(`$ npm run --silent hub -- verify ${file}`);
  const good = await verify(file);
  story.say(good.output);
  story.check('the log verifies offline, without the hub', good.code === 0, String(good.code));
  await writeFile(join(dir, 'tampered.zip'), await withLeafAltered(bytes));
  const bad = await verify(join(dir, 'tampered.zip'));
  story.say(bad.output);
  story.check('with one leaf altered, and packed again with right sums, it does not', bad.code === 1, String(bad.code));
}

/** The same pack with one bit of its first leaf changed, and everything made right that needs no key. */
async function withLeafAltered(pack: Buffer): Promise<Buffer> {
  const files = readZip(pack);
  const text = (name: string): string => files.get(name)?.toString() ?? '';
  const [first = '{}', ...others] = text(packFiles.entries).split('\n');
  const entry = JSON.parse(first) as PackEntry;
  const leaf = Buffer.from(entry.leafData, 'base64');
  leaf[leaf.length - 1] = (leaf.at(-1) ?? 0) ^ 1;
  const altered = [JSON.stringify({ ...entry, leafData: leaf.toString('base64') }), ...others].join('\n');
  files.set(packFiles.entries, Buffer.from(altered));
  const manifest = JSON.parse(text(packFiles.manifest)) as { readonly sha256: Readonly<Record<string, string>> };
  const sha256 = { ...manifest.sha256, [packFiles.entries]: sha256Hex(Buffer.from(altered)) };
  files.set(packFiles.manifest, Buffer.from(`${JSON.stringify({ ...manifest, sha256 }, null, 2)}\n`));
  return await writeZip(files);
}

async function verify(file: string): Promise<{ code: number; output: string }> {
  const run = promisify(execFile)(process.execPath, [resolve(root, 'dist/apps/hub/src/cli.main.js'), 'verify', file], {
    cwd: tmpdir(),
  });
  return run.then(
    ({ stdout }) => ({ code: 0, output: stdout.trim() }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: `${error.stdout}${error.stderr}`.trim(),
    }),
  );
}

/** Billing, in this process: SCIM for accounts, and an API of its own for roles. */
async function startBilling(): Promise<Billing & { stop(): Promise<void> }> {
  const token = 'demo-billing-token';
  const stub = await startScimStub({ token });
  const api = new BillingApi(() => stub.dump().users.map(({ id }) => id));
  stub.reply = (request) => api.answer(request);
  const line = await lineTo(stub);
  return {
    line,
    token,
    description: (origin) => BillingApi.description(origin),
    held: (userName) => {
      const user = stub.dump().users.find((one) => one.userName === userName);
      return user === undefined ? null : { active: user.active !== false, roles: api.heldBy(user.id) };
    },
    stop: async () => {
      await line.stop();
      await stub.stop();
    },
  };
}

async function main(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'hub-demo-'));
  story.chapter('Starting the hub (the four services in one process, PostgreSQL inside) and an application');
  const started = performance.now();
  const [hub, app, wiki, billing] = await Promise.all([
    startHub({}, { dataDir: join(dir, 'data') }),
    startApplication(),
    startApplication(),
    startBilling(),
  ]);
  const line = await lineTo(wiki);
  story.say(
    `the hub answers at ${hub.base} after ${Math.round(performance.now() - started)} ms; the application's SCIM API at ${app.baseUrl}`,
  );
  const demo: Demo = {
    hub,
    app,
    as: {
      hr: await hub.token('hr-system', 'hr-feed'),
      admin: await hub.token('ada-admin', 'admin'),
      auditor: await hub.token('grace-auditor', 'auditor'),
    },
  };
  try {
    await connect(demo);
    await hire(demo);
    await request(demo);
    const during = new Date().toISOString();
    await moveAndLeave(demo);
    const telling: Telling = {
      story,
      hub,
      admin: demo.as.admin,
      tell: (token, method, path, body) => tell(demo, token, method, path, body),
      within,
    };
    await takeOver(telling, wiki, line);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const leave = async (): Promise<void> => {
      const left = await worker('1002', { terminationDate: yesterday });
      await tell(demo, demo.as.hr, 'PUT', '/hr/v1/workers/1002', left);
    };
    await grantRole(telling, billing);
    await leaveWhileDown(telling, { wiki, billing, leave });
    await audit(demo, during, dir);
    const held = story.end();
    process.exitCode = held ? 0 : 1;
    if (once) return;
    story.say('The hub stays up (Ctrl-C stops it). Try:');
    story.say(`  export TOKEN=$(HUB_DATA_DIR=${hub.dataDir} npm run --silent token -- ada-admin admin,auditor)`);
    story.say(`  curl -s -H "Authorization: Bearer $TOKEN" '${hub.base}/governance/v1/assignments?limit=5'`);
    story.say(`  curl -s -H "Authorization: Bearer $TOKEN" '${hub.base}/audit/v1/access?application=intranet'`);
    await new Promise<void>((done) => ['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, () => done())));
  } finally {
    await Promise.all([hub.stop(), app.child.stop(), wiki.child.stop(), line.stop(), billing.stop()]);
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

await main();
