import { eventually } from '../support/eventually.js';
import { startHub, type HubUnderTest } from '../support/hub.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';
import { postmasterOf, type Counted } from './cpu.js';

export const token = 'bench-token';

/** A hub on embedded PostgreSQL with one application that answers at once, for whose accounts a rule asks. */
export interface Bench {
  readonly hub: HubUnderTest;
  readonly stub: ScimStub;
  readonly hr: string;
  readonly admin: string;
  readonly auditor: string;
  /** The number of the next person. */
  next: number;
  discard(): Promise<void>;
}

interface Wanted {
  readonly env?: Readonly<Record<string, string>>;
  /** Folder whose `dist` holds the programs of the hub; this one's unless given. */
  readonly build?: string;
  /** What each call to the application takes; it answers at once unless given. */
  readonly delayMs?: number;
}

/** Starts a hub and its application. */
export async function startBench({ env = {}, build, delayMs }: Wanted = {}): Promise<Bench> {
  const dist = build === undefined ? {} : { dist: `${build}/dist` };
  const faults = delayMs === undefined ? {} : { faults: { delayMs } };
  const [hub, stub] = await Promise.all([startHub(env, dist), startScimStub({ token, ...faults })]);
  const bench: Bench = {
    hub,
    stub,
    hr: await hub.token('hr', 'hr-feed'),
    admin: await hub.token('admin', 'admin'),
    auditor: await hub.token('auditor', 'auditor'),
    next: 1,
    discard: async () => {
      await hub.discard();
      await stub.stop();
    },
  };
  await configure(bench);
  return bench;
}

/** The processes of a hub. */
export const counted = (hub: HubUnderTest): Counted => ({
  node: hub.child().process.pid ?? 0,
  postmaster: postmasterOf(`${hub.dataDir}/postgres`),
});

async function configure({ hub, stub, admin }: Bench): Promise<void> {
  const put = async (path: string, body: object): Promise<void> => {
    const { status, text } = await hub.call('PUT', path, { token: admin, body });
    if (status >= 300) throw new Error(`PUT ${path} answered ${status}: ${text}`);
  };
  await put('/provisioning/v1/connectors/app', {
    displayName: 'App',
    mode: 'enforce',
    protocol: 'scim2',
    baseUrl: stub.baseUrl,
    auth: { type: 'bearer', token },
  });
  await put('/governance/v1/applications/app', { displayName: 'App', connectorId: 'app' });
  await put('/governance/v1/access-packages/base', {
    displayName: 'Base',
    grants: [{ application: 'app', account: true }],
  });
  await put('/governance/v1/birthright-rules/base', {
    displayName: 'Base',
    filter: 'status eq "active"',
    packages: ['base'],
  });
}

/** Resolves when the stub has made an account for which this is true; the hub has the other core to itself meanwhile. */
export function created(stub: ScimStub, isIt: (userName: string) => boolean): Promise<void> {
  return new Promise((done, failed) => {
    const former = stub.directory.onCreated;
    const late = setTimeout(() => failed(new Error('no account after ten minutes')), 600_000);
    stub.directory.onCreated = (user) => {
      former(user);
      if (!isIt(user.userName ?? '')) return;
      clearTimeout(late);
      stub.directory.onCreated = former;
      done();
    };
  });
}

/** Resolves when the stub holds so many users. */
export async function users(stub: ScimStub, count: number): Promise<void> {
  if (stub.directory.userCount < count) await created(stub, () => stub.directory.userCount >= count);
}

export function rows(bench: Bench, count: number): string {
  const lines = Array.from({ length: count }, () => {
    const id = bench.next++;
    return `b${id},Given${id},Family${id},b${id}@corp.example,Engineering,2020-01-01`;
  });
  return ['employeeId,givenName,familyName,email,department,hireDate', ...lines, ''].join('\n');
}

export async function importFile({ hub, hr }: Bench, csv: string): Promise<string> {
  const answer = await hub.call('POST', '/hr/v1/imports?mode=delta', {
    token: hr,
    body: csv,
    headers: { 'content-type': 'text/csv' },
  });
  if (answer.status !== 202) throw new Error(`the import was answered ${answer.status}: ${answer.text}`);
  return answer.headers.get('location') ?? '';
}

/** Imports so many new people and waits for their accounts. */
export async function imported(bench: Bench, count: number): Promise<void> {
  const before = bench.stub.directory.userCount;
  await importFile(bench, rows(bench, count));
  await users(bench.stub, before + count);
}

/** What came before is wholly in the log: nothing more is done for it. */
export async function quiet({ hub, auditor }: Bench): Promise<void> {
  let before = '';
  await eventually(
    async () => {
      const { text } = await hub.call('GET', '/audit/v1/checkpoint', { token: auditor });
      const same = text === before;
      before = text;
      return same;
    },
    { timeoutMs: 120_000, everyMs: 2_000 },
  );
}
