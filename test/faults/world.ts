import { startHub, type Answer, type CallOptions, type HubUnderTest } from '../support/hub.js';
import { eventually } from '../support/eventually.js';
import { startScimStub, type ScimStub } from '../targets/scim-stub.js';

/** What should be true of one person in the end. */
interface Expected {
  readonly userName: string;
  active: boolean;
  readonly groups: Set<string>;
}

const retryMs = 25;
const stubToken = 'stub-token';

/** A hub that may die at any moment, a target that forgives nothing, clients that repeat what got no answer, and what must hold. */
export class World {
  private readonly people = new Map<string, Expected>();
  private readonly tokens = new Map<string, string>();
  /** How often the hub died by SIGKILL. */
  deaths = 0;

  private constructor(
    readonly hub: HubUnderTest,
    readonly stub: ScimStub,
  ) {}

  /** A fresh hub and target, connected, with everybody of status active in the group Staff and Editors for the asking. */
  static async create(env: Readonly<Record<string, string>> = {}): Promise<World> {
    const stub = await startScimStub({ token: stubToken });
    const world = new World(await startHub(env), stub);
    world.watch();
    const documents: [string, object][] = [
      [
        '/provisioning/v1/connectors/wiki',
        {
          displayName: 'Wiki',
          mode: 'enforce',
          protocol: 'scim2',
          baseUrl: stub.baseUrl,
          auth: { type: 'bearer', token: stubToken },
        },
      ],
      ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
      [
        '/governance/v1/access-packages/staff',
        {
          displayName: 'Staff',
          grants: [
            { application: 'wiki', account: true },
            { application: 'wiki', group: 'Staff' },
          ],
        },
      ],
      [
        '/governance/v1/access-packages/editors',
        {
          displayName: 'Editors',
          grants: [{ application: 'wiki', group: 'Editors' }],
          requestFor: 'self',
          approval: { stages: [{ approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny' }] },
        },
      ],
      [
        '/governance/v1/birthright-rules/staff',
        { displayName: 'Staff', filter: 'status eq "active"', packages: ['staff'] },
      ],
    ];
    for (const [path, body] of documents) await world.put(path, body, 'admin');
    return world;
  }

  async discard(): Promise<void> {
    this.stopped = true;
    await this.hub.discard();
    await this.stub.stop();
  }

  /** Starts the hub anew with this environment; when it dies by itself it is started again without. */
  async relaunch(env: Readonly<Record<string, string>>): Promise<void> {
    this.stopped = true;
    await this.hub.stop();
    this.stopped = false;
    this.hub.launch(env);
    this.watch();
  }

  /** HR states a worker; returns once the hub said so, however often it died meanwhile. */
  async hire(employeeId: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const userName = `p${employeeId}@corp.example`;
    await this.put(
      `/hr/v1/workers/${employeeId}`,
      { givenName: 'P', familyName: `N${employeeId}`, email: userName, hireDate: '2020-01-01', ...fields },
      'hr-feed',
    );
    this.people.set(employeeId, { userName, active: true, groups: new Set(['Staff']) });
  }

  async leave(employeeId: string): Promise<void> {
    const person = this.expected(employeeId);
    const body = {
      givenName: 'P',
      familyName: `N${employeeId}`,
      email: person.userName,
      hireDate: '2020-01-01',
      terminationDate: '2024-01-31',
    };
    await this.put(`/hr/v1/workers/${employeeId}`, body, 'hr-feed');
    person.active = false;
    person.groups.clear();
  }

  /** Imports these people as one file and waits for its end. */
  async import(employeeIds: readonly string[]): Promise<void> {
    const rows = employeeIds.map((id) => `${id},P,N${id},p${id}@corp.example,2020-01-01`);
    const csv = ['employeeId,givenName,familyName,email,hireDate', ...rows, ''].join('\n');
    const headers = { 'content-type': 'text/csv' };
    const accepted = await this.answered('POST', '/hr/v1/imports?mode=delta', async () => ({
      token: await this.token('hr-feed'),
      body: csv,
      headers,
    }));
    if (accepted.status !== 202) throw new Error(`the import was answered ${accepted.status}: ${accepted.text}`);
    const location = accepted.headers.get('location') ?? '';
    await eventually(
      async () => {
        const { body } = await this.answered('GET', location, async () => ({ token: await this.token('hr-feed') }));
        return body['status'] === 'completed';
      },
      { timeoutMs: 60_000 },
    );
    for (const id of employeeIds)
      this.people.set(id, { userName: `p${id}@corp.example`, active: true, groups: new Set(['Staff']) });
  }

  /** Someone asks for Editors and the manager approves; each step repeated until it is known to have happened. */
  async request(employeeId: string, managerId: string): Promise<void> {
    const request = await eventually(
      async () => {
        const token = async (): Promise<CallOptions> => ({ token: await this.token('requester', employeeId) });
        const body = { packageId: 'editors', justification: 'because' };
        await this.answered('POST', '/governance/v1/requests', async () => ({ ...(await token()), body }));
        const { body: list } = await this.answered<{ items?: { id: string; status: string }[] }>(
          'GET',
          '/governance/v1/requests',
          token,
        );
        return list.items?.[0];
      },
      { timeoutMs: 60_000 },
    );
    await eventually(
      async () => {
        const decision = { decision: 'approve', comment: 'yes' };
        await this.answered('POST', `/governance/v1/requests/${request.id}/decisions`, async () => ({
          token: await this.token('approver', managerId),
          body: decision,
        }));
        const { body } = await this.answered('GET', `/governance/v1/requests/${request.id}`, async () => ({
          token: await this.token('requester', employeeId),
        }));
        return body['status'] === 'approved';
      },
      { timeoutMs: 60_000 },
    );
    this.expected(employeeId).groups.add('Editors');
  }

  /** What is wrong with the target right now, in words; empty when it is as it should be. */
  problems(): string[] {
    const { users, groups } = this.stub.dump();
    const found: string[] = [];
    for (const { userName, active, groups: wanted } of this.people.values()) {
      const accounts = users.filter((user) => user['userName'] === userName);
      const [account] = accounts;
      if (accounts.length > 1) found.push(`duplicate account: ${userName} has ${accounts.length}`);
      else if (account === undefined) found.push(`missing account: ${userName}`);
      else {
        if (active !== (account['active'] !== false))
          found.push(active ? `not active: ${userName}` : `left but active: ${userName}`);
        for (const group of groups) {
          const times = group.members.filter((member) => member.value === account.id).length;
          if (times !== (wanted.has(group.displayName) ? 1 : 0))
            found.push(`membership: ${userName} is ${times} times in ${group.displayName}`);
        }
        for (const name of wanted)
          if (!groups.some((group) => group.displayName === name)) found.push(`missing group: ${name}`);
      }
    }
    const names = groups.map((group) => group.displayName);
    if (new Set(names).size !== names.length) found.push(`duplicate group: ${names.join()}`);
    if (users.length > this.people.size && found.length === 0)
      found.push(`accounts of nobody: ${users.length} for ${this.people.size} people`);
    return found;
  }

  /** Waits until the target is as it should be; the failure says what is not. A duplicate never heals: it fails at once. */
  async settled(timeoutMs = 60_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const problems = this.problems();
      if (problems.length === 0) return;
      if (performance.now() > deadline || problems.some((problem) => problem.startsWith('duplicate')))
        throw new Error(problems.join('\n'));
      await new Promise((done) => setTimeout(done, retryMs));
    }
  }

  async token(role: string, subject = `${role}-system`): Promise<string> {
    const key = `${subject} ${role}`;
    const known = this.tokens.get(key) ?? (await this.hub.token(subject, role));
    this.tokens.set(key, known);
    return known;
  }

  /** One call, repeated while there is no answer or the hub is not ready. */
  async answered<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: () => Promise<CallOptions>,
  ): Promise<Answer<Body>> {
    for (const deadline = performance.now() + 60_000; ;) {
      try {
        const answer = await this.hub.call<Body>(method, path, await options());
        if (answer.status < 500) return answer;
        if (performance.now() > deadline)
          throw new Error(`${method} ${path} keeps answering ${answer.status}: ${answer.text}`);
      } catch (error) {
        if (performance.now() > deadline)
          throw new Error(`${method} ${path} got no answer; the hub printed:\n${this.hub.child().output()}`, {
            cause: error,
          });
      }
      await new Promise((done) => setTimeout(done, retryMs));
    }
  }

  private stopped = false;

  /** Starts the hub again each time it dies by SIGKILL. */
  private watch(): void {
    void this.hub.child().exited.then(({ signal }) => {
      if (this.stopped || signal !== 'SIGKILL') return;
      this.deaths += 1;
      this.hub.launch();
      this.watch();
    });
  }

  private async put(path: string, body: object, role: string): Promise<void> {
    const answer = await this.answered('PUT', path, async () => ({ token: await this.token(role), body }));
    if (answer.status >= 300) throw new Error(`PUT ${path} was answered ${answer.status}: ${answer.text}`);
  }

  private expected(employeeId: string): Expected {
    const person = this.people.get(employeeId);
    if (person === undefined) throw new Error(`nobody called ${employeeId} was hired`);
    return person;
  }
}
