import type { HubUnderTest } from '../support/hub.js';
import { eventually } from '../support/eventually.js';

/** What the history needs of the application it provisions. */
export interface HistoryTarget {
  readonly baseUrl: string;
  readonly token: string;
}

type Body = Record<string, unknown>;
type Item = Body & { readonly id: string; readonly status: string };

/** Who is in HR, by employeeId. Grace manages all of them. */
export const people = {
  grace: '1000',
  ada: '1001',
  linus: '1002',
  /** Left. */
  bob: '1003',
  /** Forgotten. */
  eve: '1004',
  /** The application refuses her account. */
  mallory: '1005',
  /** Hired for the year 2099. */
  ines: '1006',
  /** Came with a file. */
  tom: '1007',
  /** Governance cannot use what HR says of him: his message is parked. */
  otto: '1008',
  /** Has a personId. Only in {@link History.tellMore}, like those after her. */
  rosa: '1009',
  /** A contractor, whom Ada sponsors. */
  carl: '1010',
  /** Separation of duties withholds what a rule gives her. */
  wanda: '1011',
} as const;

const worker = (name: string, more: Body = {}): Body => ({
  givenName: name,
  familyName: `Family-${name}`,
  email: `${name}@corp.example`,
  department: 'Engineering',
  managerId: people.grace,
  hireDate: '2020-01-01',
  ...more,
});

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

const stage = { approvers: ['manager'], quorum: 1, timeout: 'P20Y', onTimeout: 'deny' };

/** Everybody has the wiki; some ask for its group of editors. */
const catalog: readonly (readonly [path: string, body: Body])[] = [
  ['applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
  ['access-packages/wiki-user', { displayName: 'Wiki', grants: [{ application: 'wiki', account: true }] }],
  [
    'access-packages/wiki-editor',
    {
      displayName: 'Wiki editors',
      grants: [{ application: 'wiki', group: 'Editors' }],
      requestFor: 'self',
      approval: { stages: [stage] },
    },
  ],
  ['birthright-rules/everybody', { displayName: 'All', filter: 'status eq "active"', packages: ['wiki-user'] }],
];

/** Nobody has the nickname of somebody else. */
const chosenNickName = {
  target: 'nickName',
  type: 'expression',
  expression: 'SelectUniqueValue([givenName], [employeeId])',
  apply: 'create-only',
};

/** A small company's history, told to a running hub over HTTP. */
export class History {
  private constructor(
    private readonly hub: HubUnderTest,
    private readonly admin: string,
    private readonly feed: string,
  ) {}

  static async of(hub: HubUnderTest): Promise<History> {
    const admin = await hub.token('the-admin', 'policy-admin', 'connector-admin', 'hr-operator', 'auditor');
    return new History(hub, admin, await hub.token('the-feed', 'hr-feed', 'hr-operator'));
  }

  /** Tells all of it, and waits until all of it has arrived. */
  async tell(target: HistoryTarget): Promise<void> {
    await this.connect(target);
    await this.hire();
    await this.importFile();
    await this.ask();
    await this.leave();
    await this.arrived();
  }

  private async connect({ baseUrl, token }: HistoryTarget, more: Body = {}): Promise<void> {
    const connector = { displayName: 'Wiki', mode: 'enforce', protocol: 'scim2', baseUrl, ...more };
    await this.put('/provisioning/v1/connectors/wiki', { ...connector, auth: { type: 'bearer', token } });
    for (const [path, body] of catalog) await this.put(`/governance/v1/${path}`, body);
  }

  private async hire(): Promise<void> {
    const { grace, ines, ...others } = people;
    await this.state(grace, worker('grace', { managerId: null }));
    await this.state(ines, worker('ines', { hireDate: '2099-01-01' }));
    for (const name of ['ada', 'linus', 'bob', 'eve', 'mallory'] as const) await this.state(others[name], worker(name));
    await this.state(people.linus, worker('linus', { department: 'Sales' }));
    for (const name of ['grace', 'ada', 'linus', 'bob', 'eve'] as const) await this.identityOf(people[name]);
  }

  /** One row is taken, one is rejected. */
  private async importFile(): Promise<void> {
    const csv = `employeeId,familyName,hireDate\n${people.tom},Tom,2021-05-01\n1099,NoDate,yesterday\n`;
    const headers = { 'content-type': 'text/csv' };
    const given = await this.hub.call('POST', '/hr/v1/imports?mode=delta', { token: this.feed, body: csv, headers });
    const location = given.headers.get('location') ?? '';
    await eventually(async () => (await this.get<Item>(location, this.feed)).status === 'completed');
  }

  /** Ada's request is approved, Linus's waits, Eve's is denied. */
  private async ask(): Promise<void> {
    const asked: Record<string, string> = {};
    for (const name of ['ada', 'linus', 'eve'] as const) {
      const token = await this.hub.token(people[name], 'requester');
      const body = { packageId: 'wiki-editor', justification: `${name} writes the handbook` };
      const { body: made } = await this.hub.call<Item>('POST', '/governance/v1/requests', { token, body });
      asked[name] = made.id;
    }
    const grace = await this.hub.token(people.grace, 'approver', 'requester');
    const decide = async (name: string, decision: string): Promise<void> => {
      const body = { decision, comment: `${decision} for ${name}` };
      const path = `/governance/v1/requests/${asked[name] ?? ''}/decisions`;
      await this.hub.call('POST', path, { token: grace, body });
    };
    await decide('ada', 'approve');
    await decide('eve', 'deny');
  }

  private async leave(): Promise<void> {
    await this.arrivedAt(people.bob, 'delivered');
    await this.state(people.bob, worker('bob', { terminationDate: '2026-01-31' }));
  }

  private async arrived(): Promise<void> {
    for (const name of ['grace', 'ada', 'linus', 'eve', 'tom'] as const)
      await this.arrivedAt(people[name], 'delivered');
    const parked = '/provisioning/v1/connectors/wiki/parked';
    await eventually(async () => (await this.get<{ items: Item[] }>(parked)).items.length === 1);
    const bob = await this.identityOf(people.bob);
    const account = `/provisioning/v1/connectors/wiki/accounts?filter=${encodeURIComponent(`identity eq "${bob}"`)}`;
    await eventually(async () => (await this.get<{ items: Body[] }>(account)).items[0]?.['inSync'] === true);
  }

  /** What the stored dumps do not hold: a personId, a changed address, delegations, a request whose second stage is open, separated duties, exceptions from rules, a reading. */
  async tellMore(target: HistoryTarget): Promise<void> {
    await this.connect(target, { mapping: [chosenNickName] });
    await this.state(people.rosa, worker('rosa', { personId: 'P-1009' }));
    await this.arrivedAt(people.rosa, 'delivered');
    await this.state(people.rosa, worker('rosa', { personId: 'P-1009', email: 'rosa.other@corp.example' }));
    const [grace, ada, linus] = await Promise.all([
      this.identityOf(people.grace),
      this.identityOf(people.ada),
      this.identityOf(people.linus),
    ]);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const term = { delegatorId: grace, until, reason: 'Grace is on holiday' };
    const ended = await this.made('/governance/v1/delegations', this.admin, { ...term, delegateId: linus });
    await this.done('POST', `/governance/v1/delegations/${ended.id}/end`, this.admin, {});
    await this.made('/governance/v1/delegations', this.admin, { ...term, delegateId: ada });
    const stages = [stage, { ...stage, approvers: [`user:${linus}`] }];
    await this.put('/governance/v1/access-packages/wiki-lead', {
      displayName: 'Wiki leads',
      grants: [{ application: 'wiki', group: 'Leads' }],
      requestFor: 'self',
      approval: { stages },
    });
    const asked = { packageId: 'wiki-lead', justification: 'ada leads the handbook', endsAt: until };
    const request = await this.made('/governance/v1/requests', await this.hub.token(people.ada, 'requester'), asked);
    const decision = { decision: 'approve', comment: 'she does' };
    const path = `/governance/v1/requests/${request.id}/decisions`;
    await this.done('POST', path, await this.hub.token(people.grace, 'approver'), decision);
    await this.separate({ owner: linus, excepted: await this.identityOf(people.tom), until });
    await this.takeInEmergency();
    await this.review();
    await this.readEntitlements();
    await this.decideOwnership();
    await this.makeByHand();
    await this.hireContractor();
    await this.exclude(people.tom);
    await this.withhold();
    await this.comment(people.mallory);
    await this.observe(target);
  }

  /** An application without an API: somebody says that Ada has her key. */
  private async makeByHand(): Promise<void> {
    const file = { account: 'Login' };
    await this.put('/provisioning/v1/connectors/keys', { protocol: 'file', mode: 'enforce', file });
    await this.put('/governance/v1/applications/keys', { displayName: 'Keys', connectorId: 'keys' });
    const grants = [{ application: 'keys', account: true }];
    await this.put('/governance/v1/access-packages/key', { displayName: 'Key', grants });
    const rule = { displayName: 'Ada', filter: `employeeId eq "${people.ada}"`, packages: ['key'] };
    await this.put('/governance/v1/birthright-rules/key', rule);
    await this.list('Login\nK-0\n');
    const tasks = '/provisioning/v1/tasks';
    const task = await eventually(async () => (await this.get<{ items: Item[] }>(tasks)).items[0]?.id);
    await this.done('POST', `${tasks}/${task}/confirm`, this.admin, { account: 'K-1' });
    await eventually(async () =>
      (await this.assignmentsOf(people.ada)).some(
        ({ packageId, delivery }) => packageId === 'key' && delivery === 'delivered',
      ),
    );
  }

  /** An owner says which keys there are. */
  private async list(body: string): Promise<void> {
    const path = `/provisioning/v1/connectors/keys/account-list?asOf=${new Date().toISOString()}`;
    const headers = { 'content-type': 'text/csv' };
    const { status, text } = await this.hub.call('POST', path, { token: this.admin, body, headers });
    if (status >= 300) throw new Error(`POST ${path} answered ${status}: ${text}`);
  }

  private async hireContractor(): Promise<void> {
    const steps = [
      { offsetDays: -7, action: 'notify', to: 'manager', message: 'Their contract ends in a week' },
      { offsetDays: -1, action: 'revoke', package: 'wiki-editor' },
    ];
    const workflow = { displayName: 'Contractors', trigger: 'leaver', filter: 'employmentType eq "contractor"', steps };
    await this.put('/governance/v1/workflows/contractors', workflow);
    const more = { employmentType: 'contractor', sponsorId: people.ada, terminationDate: inDays(60) };
    await this.state(people.carl, worker('carl', more));
    await this.oneOf('/governance/v1/sponsorships');
    await this.oneOf<object>('/governance/v1/workflow-steps');
  }

  /** Somebody's birthright is revoked. */
  private async exclude(employeeId: string): Promise<void> {
    const held = await this.assignmentsOf(employeeId);
    const given = held.find(({ packageId }) => packageId === 'wiki-user');
    const path = `/governance/v1/assignments/${given?.id ?? ''}/revoke`;
    await this.done('POST', path, this.admin, { reason: 'He wrote nonsense' });
    await this.oneOf('/governance/v1/birthright-exclusions');
  }

  /** A rule gives Wanda what she may not hold beside the wiki. */
  private async withhold(): Promise<void> {
    const critics = { application: 'wiki', group: 'Critics' };
    await this.put('/governance/v1/separation-rules/critics', {
      displayName: 'Who writes does not judge',
      left: ['wiki-user'],
      right: [critics],
      owners: [await this.identityOf(people.linus)],
    });
    await this.put('/governance/v1/access-packages/wiki-critic', { displayName: 'Critics', grants: [critics] });
    const filter = 'jobTitle eq "Critic"';
    await this.put('/governance/v1/birthright-rules/critics', {
      displayName: 'Critics',
      filter,
      packages: ['wiki-critic'],
    });
    await this.state(people.wanda, worker('wanda', { jobTitle: 'Critic' }));
    await this.oneOf('/governance/v1/withheld-birthrights');
    const readers = { displayName: 'Readers', grants: [{ application: 'wiki', group: 'Readers' }] };
    const path = '/governance/v1/access-packages/wiki-reader';
    await this.put(path, readers);
    const given = { packageId: 'wiki-reader', identityId: await this.identityOf(people.linus), reason: 'He reads' };
    await this.made('/governance/v1/assignments', this.admin, given);
    await this.put(path, { ...readers, grants: [...readers.grants, critics] });
    await this.oneOf<object>('/governance/v1/withheld-versions');
  }

  /** The case of a parked account gets a comment. */
  private async comment(employeeId: string): Promise<void> {
    const path = `/provisioning/v1/cases/${await this.identityOf(employeeId)}.wiki/comments`;
    await this.done('POST', path, this.admin, { text: 'The application was asked' });
  }

  /** The wiki is no longer written: a leaver keeps her account. */
  private async observe(target: HistoryTarget): Promise<void> {
    await this.connect(target, { mapping: [chosenNickName], mode: 'observe' });
    await this.state(people.rosa, worker('rosa', { personId: 'P-1009', terminationDate: '2026-01-31' }));
    await this.oneOf('/provisioning/v1/exposures');
  }

  /** The first of a list, once there is one. */
  private async oneOf<T extends object = Item>(path: string): Promise<T> {
    return await eventually(async () => (await this.get<{ items: T[] }>(path)).items[0]);
  }

  private async assignmentsOf(employeeId: string): Promise<readonly Item[]> {
    const filter = encodeURIComponent(`identityId eq "${await this.identityOf(employeeId)}"`);
    return (await this.get<{ items: Item[] }>(`/governance/v1/assignments?filter=${filter}`)).items;
  }

  /** Tom takes a package in an emergency, which its owners review. */
  private async takeInEmergency(): Promise<void> {
    await this.put('/governance/v1/access-packages/wiki-repair', {
      displayName: 'Wiki repair',
      grants: [{ application: 'wiki', group: 'Repair' }],
      breakGlass: 'P1D',
    });
    const taken = { packageId: 'wiki-repair', type: 'break-glass', reason: 'The wiki is down' };
    await this.made('/governance/v1/assignments', await this.hub.token(people.tom, 'requester'), taken);
  }

  /** Grace reviews who holds the package of editors. */
  private async review(): Promise<void> {
    const asked = { displayName: 'Editors', scope: { packageId: 'wiki-editor' }, onNoResponse: 'keep' };
    const { id } = await this.made('/governance/v1/reviews', this.admin, asked);
    const path = `/governance/v1/reviews/${id}`;
    await eventually(async () => (await this.get<{ items: { total: number } }>(path)).items.total > 0);
    const [item] = (await this.get<{ items: Item[] }>(`${path}/items`)).items;
    const decisions = [{ itemId: item?.id, decision: 'keep', comment: 'Writes the handbook' }];
    await this.done('POST', `${path}/decisions`, await this.hub.token(people.grace, 'approver'), { decisions });
  }

  /** A reading shows the accounts, and one of them is said to belong to a vendor. */
  private async decideOwnership(): Promise<void> {
    const path = '/provisioning/v1/connectors/wiki';
    await this.done('POST', `${path}/reconcile`, this.admin, {});
    const accounts = `${path}/observed-accounts`;
    const [shown] = await eventually(async () => {
      const { items } = await this.get<{ items: { readonly account: string }[] }>(accounts);
      return items.length > 0 ? items : null;
    });
    const decision = { account: shown?.account, decision: 'not-a-person', kind: 'vendor', reason: 'A vendor uses it' };
    await this.done('POST', `${accounts}/decisions`, this.admin, decision);
  }

  private async readEntitlements(): Promise<void> {
    const path = '/provisioning/v1/connectors/wiki/entitlements';
    await this.done('POST', `${path}/read`, this.admin, {});
    await eventually(async () => (await this.get<{ items: Item[] }>(path)).items.length > 0);
  }

  /** A rule that Ada violates since before it was made, and an exception from it. */
  private async separate(who: {
    readonly owner: string;
    readonly excepted: string;
    readonly until: string;
  }): Promise<void> {
    await this.put('/governance/v1/separation-rules/editors', {
      displayName: 'Who reads does not edit',
      left: ['wiki-user'],
      right: [{ application: 'wiki', group: 'Editors' }],
      owners: [who.owner],
    });
    const findings = '/governance/v1/separation-findings';
    await eventually(async () => (await this.get<{ items: Item[] }>(findings)).items.length === 1);
    const exception = { identityId: who.excepted, mitigation: 'Two people read each page', endsAt: who.until };
    const owner = await this.hub.token(people.linus, 'requester');
    await this.made('/governance/v1/separation-rules/editors/exceptions', owner, exception);
  }

  private async made(path: string, token: string, body: Body): Promise<Item> {
    const { status, text, body: item } = await this.hub.call<Item>('POST', path, { token, body });
    if (status >= 300) throw new Error(`POST ${path} answered ${status}: ${text}`);
    return item;
  }

  private async arrivedAt(employeeId: string, delivery: string): Promise<void> {
    const id = await this.identityOf(employeeId);
    const path = `/governance/v1/assignments?filter=${encodeURIComponent(`identityId eq "${id}"`)}`;
    await eventually(
      async () => {
        const { items } = await this.get<{ items: Body[] }>(path);
        return items.length > 0 && items.every((item) => item['delivery'] === delivery);
      },
      { timeoutMs: 60_000 },
    );
  }

  /** The hub's id of somebody, once there is one. */
  async identityOf(employeeId: string): Promise<string> {
    const path = `/governance/v1/identities?filter=${encodeURIComponent(`employeeId eq "${employeeId}"`)}`;
    return await eventually(async () => (await this.get<{ items: Item[] }>(path)).items[0]?.id);
  }

  /** States one worker as the feed does. */
  async state(employeeId: string, body: Body): Promise<void> {
    await this.done('PUT', `/hr/v1/workers/${employeeId}`, this.feed, body);
  }

  async put(path: string, body: Body): Promise<void> {
    await this.done('PUT', path, this.admin, body);
  }

  async get<T = Body>(path: string, token = this.admin): Promise<T> {
    return (await this.hub.call<T & Body>('GET', path, { token })).body;
  }

  private async done(method: string, path: string, token: string, body: Body): Promise<void> {
    const { status, text } = await this.hub.call(method, path, { token, body });
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text}`);
  }
}
