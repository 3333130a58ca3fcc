import { createServer, request as forward, type Server } from 'node:http';
import type { Application } from '../support/application.js';
import type { HubUnderTest } from '../support/hub.js';
import type { Story } from './story.js';

/** What the chapters about a running application need of the demo. */
export interface Telling {
  readonly story: Story;
  readonly hub: HubUnderTest;
  readonly admin: string;
  tell<Body = Record<string, unknown>>(
    token: string,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly body: Body; readonly text: string }>;
  within(what: string, check: () => Promise<true | string>, timeoutMs?: number): Promise<number>;
}

/** A stretch of network before an application: it counts what is written, and can be cut. */
export interface Line {
  readonly baseUrl: string;
  readonly writes: readonly string[];
  down: boolean;
  stop(): Promise<void>;
}

/** Leads to this application. */
export async function lineTo(application: Pick<Application, 'baseUrl'>): Promise<Line> {
  const to = new URL(application.baseUrl);
  const writes: string[] = [];
  const state = { down: false };
  const server: Server = createServer((request, response) => {
    if (state.down) return void request.socket.destroy();
    const { method = 'GET', url = '/', headers } = request;
    if (method !== 'GET') writes.push(`${method} ${url}`);
    const sent = forward({ host: to.hostname, port: to.port, method, path: url, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    baseUrl: `http://127.0.0.1:${port}${to.pathname}`,
    writes,
    get down() {
      return state.down;
    },
    set down(down: boolean) {
      state.down = down;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Accounts that were there for years: of two who work here, and of one who has left. */
const there = ['matteo.ricci', 'zoe.brandt', 'tom.obrien'].map((name) => `${name}@northwind.example`);

interface Observed {
  readonly account: string;
  readonly userName: string | null;
  readonly classification: string;
}
interface Exposure {
  readonly application: { readonly id: string };
  readonly person: { readonly displayName: string | null } | null;
  readonly kind: string;
  readonly code: string;
}

/** An application with accounts of its own is observed, previewed, and released. */
export async function takeOver(telling: Telling, wiki: Application, line: Line): Promise<void> {
  const { story, admin, tell, within } = telling;
  story.chapter(
    'The wiki has had accounts for years: it is read, and nothing is written before the preview is released',
  );
  const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
  for (const userName of [...there, 'svc-backup'])
    await wiki.call('POST', '/Users', { schemas, userName, active: true, externalId: `old-${userName}` });
  await tell(admin, 'PUT', '/provisioning/v1/connectors/wiki', {
    displayName: 'Wiki',
    mode: 'observe',
    protocol: 'scim2',
    baseUrl: line.baseUrl,
    auth: { type: 'bearer', token: wiki.token },
    matching: [{ target: 'userName', source: 'email' }],
    nonPersons: [{ kind: 'service', filter: 'userName sw "svc-"' }],
  });
  await tell(admin, 'PUT', '/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' });
  const grants = [{ application: 'wiki', account: true }];
  await tell(admin, 'PUT', '/governance/v1/access-packages/wiki', { displayName: 'Wiki', grants });
  await tell(admin, 'PUT', '/governance/v1/birthright-rules/wiki', {
    displayName: 'Engineers write the wiki',
    filter: 'department eq "Engineering"',
    packages: ['wiki'],
  });
  await tell(admin, 'POST', '/provisioning/v1/connectors/wiki/reconcile', {});
  const observed = async (): Promise<readonly Observed[]> =>
    (
      await telling.hub.call<{ items: Observed[] }>('GET', '/provisioning/v1/connectors/wiki/observed-accounts', {
        token: admin,
      })
    ).body.items;
  await within(
    'its four accounts are read: two are of people who work here, one is a service’s, one is Tom’s, who has left',
    async () => {
      const found = (await observed()).map(({ classification }) => classification).sort();
      return found.join() === 'ghost,matched,matched,not-a-person' || found.join();
    },
  );
  await within('Tom’s account there is listed as access that should have ended', async () => {
    const open = await exposures(telling);
    return open.some(({ kind, application }) => kind === 'ghost' && application.id === 'wiki') || JSON.stringify(open);
  });
  story.check('nothing was written there', line.writes.length === 0, line.writes.join());
  const { body: asked } = await tell<{ id: string }>(admin, 'POST', '/provisioning/v1/connectors/wiki/preview', {});
  const path = `/provisioning/v1/connectors/wiki/previews/${asked.id}`;
  let counts: Readonly<Record<string, number>> = {};
  await within('the preview is ready', async () => {
    const { body, text } = await telling.hub.call('GET', path, { token: admin });
    counts = body['counts'] as typeof counts;
    return body['status'] === 'ready' || text;
  });
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  story.say(`the preview: ${told.map(([what, count]) => `${what} ${count}`).join(', ')}`);
  story.check('still nothing was written there', line.writes.length === 0, line.writes.join());
  const release = { preview: asked.id, reason: 'The owner has looked at it' };
  await tell(admin, 'POST', '/provisioning/v1/connectors/wiki/release', release);
  await within('what the preview showed is done: the accounts that it would make are made, and no other', () => {
    const made = line.writes.filter((write) => write.startsWith('POST') && write.endsWith('/Users')).length;
    return Promise.resolve(made === (counts['creates'] ?? 0) || `${made} of ${counts['creates'] ?? 0}`);
  });
}

/** A second application, whose role is granted by an API of its own. */
export interface Billing {
  readonly line: Line;
  readonly token: string;
  /** What a connector document has as `rest`, at this origin. */
  description(origin: string): Readonly<Record<string, unknown>>;
  /** Whether the account may be used, and its roles; null while there is none. */
  held(userName: string): { readonly active: boolean; readonly roles: readonly string[] } | null;
}

const matteo = 'matteo.ricci@northwind.example';

/** Who leads the engineers approves invoices: a role by the application's own API. */
export async function grantRole(telling: Telling, billing: Billing): Promise<void> {
  const { story, admin, tell, within } = telling;
  story.chapter('Billing grants a role by an API of its own: who leads the engineers approves invoices');
  await tell(admin, 'PUT', '/provisioning/v1/connectors/billing', {
    displayName: 'Billing',
    mode: 'enforce',
    protocol: 'scim2',
    baseUrl: billing.line.baseUrl,
    auth: { type: 'bearer', token: billing.token },
    rest: billing.description(new URL(billing.line.baseUrl).origin),
  });
  await tell(admin, 'PUT', '/governance/v1/applications/billing', { displayName: 'Billing', connectorId: 'billing' });
  const grants = [{ application: 'billing', role: 'Approver' }];
  await tell(admin, 'PUT', '/governance/v1/access-packages/invoices', { displayName: 'Invoices', grants });
  await tell(admin, 'PUT', '/governance/v1/birthright-rules/invoices', {
    displayName: 'Who leads the engineers approves invoices',
    filter: 'status eq "active" and jobTitle eq "VP Engineering"',
    packages: ['invoices'],
  });
  await within('Matteo has an account there, and the role Approver', () => {
    const held = billing.held(matteo);
    return Promise.resolve((held?.active === true && held.roles.join() === 'Approver') || JSON.stringify(held));
  });
}

/** The application with the role is down while somebody leaves. */
export async function leaveWhileDown(
  telling: Telling,
  { wiki, billing, leave }: { readonly wiki: Application; readonly billing: Billing; leave(): Promise<void> },
): Promise<void> {
  const { story, within } = telling;
  const { line } = billing;
  story.chapter('Matteo leaves while billing is down');
  line.down = true;
  await leave();
  const isOpen = (open: readonly Exposure[]): boolean =>
    open.some(({ kind, application, person }) => {
      const isHis = person?.displayName?.includes('Ricci') === true;
      return isHis && kind === 'leaver' && application.id === 'billing';
    });
  await within('his account in the wiki is disabled meanwhile', async () => {
    const account = await wiki.user(matteo);
    return account?.active === false || JSON.stringify(account);
  });
  await within('that he still has billing is listed, with a deadline', async () => {
    const open = await exposures(telling);
    return isOpen(open) || JSON.stringify(open);
  });
  line.down = false;
  await within('billing is back: his account there is disabled, and the role is gone', () => {
    const held = billing.held(matteo);
    return Promise.resolve((held?.active === false && held.roles.length === 0) || JSON.stringify(held));
  });
  await within('a reading shows it, and it is not listed any more', async () => {
    const open = await exposures(telling);
    return !isOpen(open) || JSON.stringify(open);
  });
  const left = await exposures(telling);
  const words = left.map(
    ({ person, application, code }) => `${person?.displayName ?? '?'} in ${application.id} (${code})`,
  );
  story.say(`who still has what should have ended: ${words.join(', ')}`);
}

async function exposures({ hub, admin }: Telling): Promise<readonly Exposure[]> {
  return (await hub.call<{ items: Exposure[] }>('GET', '/provisioning/v1/exposures', { token: admin })).body.items;
}
