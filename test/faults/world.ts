import { startHub, type CallOptions, type HubUnderTest } from '../support/hub.js';
import { conditionHeld, eventually } from '../support/eventually.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';
import { type Application, applicationOn, type Way } from './applications.js';
import { kafkaPublisher, postgresPublisher, type LatePublisher } from './late-publisher.js';
import { everybodysRole, problemsOf, type Expected } from './oracle.js';
import { RetryingClient } from './retrying-client.js';
import { applicationDocuments, teamDocuments } from '../support/wiki-documents.js';

interface Person extends Expected {
  active: boolean;
  readonly groups: Set<string>;
  /** What HR said of the person last. */
  worker: Readonly<Record<string, string>>;
}

const retryMs = 25;
const stubToken = 'stub-token';

/** A hub that may die at any moment, a target that forgives nothing, clients that repeat what got no answer, and what must hold. */
export class World {
  private readonly people = new Map<string, Person>();
  readonly client: RetryingClient;
  private stopped = false;
  /** Why nothing more is expected of this world: its hub has stopped finally, or an account is finally wrong. */
  private ended: string | null = null;
  /** How often the hub died by SIGKILL. */
  deaths = 0;
  /** The request before the last death that the application answered last among those that change something. */
  atDeath: string | null = null;
  private lastWrite: string | null = null;

  private constructor(
    readonly hub: HubUnderTest,
    readonly stub: ScimStub,
    readonly bus: LatePublisher,
    readonly application: Application,
  ) {
    this.client = new RetryingClient(hub, () => this.ended);
  }

  /**
   * A fresh hub and target, connected, with everybody of status active in the group Staff, and Editors for the asking.
   * @param brokers of Kafka; the Postgres transport without @param dist the build to run @param way by SCIM without
   */
  static async create({
    brokers,
    dist,
    way = 'scim',
  }: { brokers?: string | undefined; dist?: string; way?: Way } = {}): Promise<World> {
    const stub = await startScimStub({ token: stubToken });
    // One feed ends more people in an hour here than a real one does.
    const env = { HR_BRAKE_AT_LEAST: '1000000', ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers }) };
    const hub = await startHub(env, dist === undefined ? {} : { dist });
    const bus = brokers === undefined ? postgresPublisher(hub.dataDir) : kafkaPublisher(brokers);
    const application = applicationOn(stub, way);
    const world = new World(hub, stub, bus, application);
    stub.onRequest = (method, url) => {
      if (method !== 'GET') world.lastWrite = `${method} ${url}`;
    };
    world.watch();
    for (const [path, body] of applicationDocuments({ baseUrl: stub.baseUrl, token: stubToken }))
      await world.client.put(path, withRole(path, body, application.document), 'admin');
    return world;
  }

  async discard(): Promise<void> {
    this.stopped = true;
    await this.hub.discard();
    await this.stub.stop();
  }

  /** Starts the hub again, to die at a crash point; whenever it dies it is started again without. */
  async relaunch(crashAt: string): Promise<void> {
    this.stopped = true;
    await this.hub.stop();
    this.stopped = false;
    this.hub.launch({ HUB_CRASH_AT: crashAt });
    this.watch();
  }

  /** From now on who is of this department is in a group of its own, which nobody has made yet. */
  async team(department: string): Promise<void> {
    for (const [path, body] of teamDocuments(department)) await this.client.put(path, body, 'admin');
  }

  /** HR states a worker; returns once the hub said so, however often it died meanwhile. */
  async hire(employeeId: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const worker = { ...workerOf(employeeId), ...fields };
    await this.state(employeeId, worker);
    this.assume(employeeId, worker);
  }

  /** Another department: other birthright, and what was requested stays. */
  async move(employeeId: string, department: string): Promise<void> {
    const person = this.expected(employeeId);
    const worker = { ...person.worker, department };
    await this.state(employeeId, worker);
    for (const group of birthright(person.worker)) person.groups.delete(group);
    for (const group of birthright(worker)) person.groups.add(group);
    person.worker = worker;
  }

  async leave(employeeId: string): Promise<void> {
    const person = this.expected(employeeId);
    await this.state(employeeId, { ...person.worker, terminationDate: '2024-01-31' });
    person.active = false;
    person.groups.clear();
  }

  /** Imports these people as one file with a broken row in its middle, and waits for its end. */
  async import(employeeIds: readonly string[]): Promise<void> {
    const rows = employeeIds.map((id) => `${id},P,N${id},${userNameOf(id)},2020-01-01`);
    rows.splice(Math.ceil(rows.length / 2), 0, `${employeeIds[0]}-broken,P,,broken@corp.example,yesterday`);
    const csv = ['employeeId,givenName,familyName,email,hireDate', ...rows, ''].join('\n');
    const accepted = await this.client.answered('POST', '/hr/v1/imports?mode=delta', async () => ({
      token: await this.client.token('hr-feed'),
      body: csv,
      headers: { 'content-type': 'text/csv' },
    }));
    if (accepted.status !== 202) throw new Error(`the import was answered ${accepted.status}: ${accepted.text}`);
    const done = await eventually(
      async () => {
        const job = await this.client.get(accepted.headers.get('location') ?? '', 'hr-feed');
        return job['status'] === 'running' ? undefined : job;
      },
      { timeoutMs: 60_000 },
    );
    const { status, total, created, unchanged, rejected } = done;
    // A file whose acceptance got no answer was sent twice: what the first one created is unchanged.
    const taken = Number(created) + Number(unchanged);
    if (status !== 'completed' || total !== rows.length || taken !== employeeIds.length || rejected !== 1)
      throw new Error(`the import ended otherwise: ${JSON.stringify(done)}`);
    for (const id of employeeIds) this.assume(id, workerOf(id));
  }

  /** Someone asks for Editors and the manager approves; each step repeated until it is known to have happened. */
  async request(employeeId: string, managerId: string): Promise<void> {
    const asking = async (): Promise<CallOptions> => ({ token: await this.client.token('requester', employeeId) });
    const request = await eventually(
      async () => {
        const body = { packageId: 'editors', justification: 'because' };
        await this.client.answered('POST', '/governance/v1/requests', async () => ({ ...(await asking()), body }));
        const path = '/governance/v1/requests';
        const { body: list } = await this.client.answered<{ items?: { id: string; status: string }[] }>(
          'GET',
          path,
          asking,
        );
        return list.items?.[0];
      },
      { timeoutMs: 60_000 },
    );
    await eventually(
      async () => {
        const path = `/governance/v1/requests/${request.id}`;
        await this.client.answered('POST', `${path}/decisions`, async () => ({
          token: await this.client.token('approver', managerId),
          body: { decision: 'approve', comment: 'yes' },
        }));
        return (await this.client.answered('GET', path, asking)).body['status'] === 'approved';
      },
      { timeoutMs: 60_000 },
    );
    this.expected(employeeId).groups.add('Editors');
  }

  /** What is wrong with the target right now, in words; empty when it is as it should be. */
  problems(): string[] {
    return problemsOf([...this.people.values()], this.application.dump(), this.application.rolesOf);
  }

  /** employeeIds of everybody who has not left, sorted. */
  active(): string[] {
    return [...this.people].flatMap(([id, { active }]) => (active ? [id] : [])).sort();
  }

  /** Waits until the target is as it should be; the failure says what is not. A duplicate never heals: it fails at once. */
  async quiescence(timeoutMs = 120_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const problems = this.problems();
      if (this.ended !== null) throw new Error(this.ended);
      if (problems.length === 0) {
        conditionHeld();
        return;
      }
      if (performance.now() > deadline || problems.some((problem) => problem.startsWith('duplicate'))) {
        const waiting = await this.waitingAccounts().catch((error: unknown) => String(error));
        this.ended = `${problems.join('\n')}\naccounts that wait: ${waiting}\nthe hub printed last:\n${this.hub.child().output()}`;
        throw new Error(this.ended);
      }
      await new Promise((done) => setTimeout(done, retryMs));
    }
  }

  /** What the hub says of the accounts that are not as they should be, for a failure to show. */
  private async waitingAccounts(): Promise<string> {
    const token = await this.hub.token('connector-admin', 'connector-admin');
    const path = '/provisioning/v1/connectors/wiki';
    const [accounts, operations, connector] = await Promise.all([
      this.hub.call('GET', `${path}/accounts?filter=inSync%20eq%20false`, { token }),
      this.hub.call('GET', `${path}/operations?limit=15`, { token }),
      this.hub.call('GET', path, { token }),
    ]);
    return [accounts, operations, connector].map(({ text }) => text).join('\n');
  }

  /**
   * Hires somebody and waits until the log has it that the access is delivered and every consumer is past everything:
   * what was published before has had its effect then, too.
   * @returns the correlation id of the hire
   */
  async hireThrough(employeeId: string): Promise<string> {
    await this.hire(employeeId);
    return await eventually(
      async () => {
        const worker = await this.client.get<{ id: string }>(`/hr/v1/workers/${employeeId}`, 'hr-feed');
        const hires = await this.client.entries('type eq "hub.hr.worker.hired.v1"');
        const mine = hires.find(({ data }) => 'worker' in data && data.worker === worker.id);
        if (mine === undefined) throw new Error(`the hire of ${employeeId} is not in the log`);
        const chain = await this.client.entries(`correlationId eq "${mine.correlationId}"`);
        if (!chain.some(({ data }) => data.delivery === 'delivered'))
          throw new Error(`the access of ${employeeId} is not logged as delivered`);
        const lag = await this.bus.lag();
        if (lag.length > 0) throw new Error(`not everything was dealt with yet: ${lag.join(', ')}`);
        return mine.correlationId;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
  }

  private async state(employeeId: string, worker: Readonly<Record<string, string>>): Promise<void> {
    await this.client.put(`/hr/v1/workers/${employeeId}`, worker, 'hr-feed');
  }

  /** Starts the hub again each time it dies by SIGKILL; no other end is expected. */
  private watch(): void {
    const child = this.hub.child();
    void child.exited.then(({ code, signal }) => {
      if (this.stopped) return;
      if (signal !== 'SIGKILL') {
        this.ended = `the hub ended by itself with ${code ?? signal}; it printed:\n${child.output()}`;
        return;
      }
      this.deaths += 1;
      this.atDeath = this.lastWrite;
      this.hub.launch();
      this.watch();
    });
  }

  private assume(employeeId: string, worker: Readonly<Record<string, string>>): void {
    this.people.set(employeeId, {
      userName: userNameOf(employeeId),
      active: true,
      groups: new Set(birthright(worker)),
      worker,
    });
  }

  private expected(employeeId: string): Person {
    const person = this.people.get(employeeId);
    if (person === undefined) throw new Error(`nobody called ${employeeId} was hired`);
    return person;
  }
}

/** How the application is called; and everybody of Staff has a role in it. */
function withRole(path: string, document: object, called: object): object {
  if (path.endsWith('/connectors/wiki')) return { ...document, ...called };
  if (!path.endsWith('/access-packages/staff')) return document;
  const { grants } = document as { readonly grants: readonly object[] };
  return { ...document, grants: [...grants, { application: 'wiki', role: everybodysRole }] };
}

const userNameOf = (employeeId: string): string => `p${employeeId}@corp.example`;

function workerOf(employeeId: string): Record<string, string> {
  return { givenName: 'P', familyName: `N${employeeId}`, email: userNameOf(employeeId), hireDate: '2020-01-01' };
}

function birthright({ department }: Readonly<Record<string, string>>): string[] {
  return ['Staff', ...(department === undefined ? [] : [`Team ${department}`])];
}
