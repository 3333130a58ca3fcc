import { hubDeployment, type Deployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/hub.js';
import { accountsOf, hrFile, peopleOf, type PresentAccount, type Sizes } from './people.js';
import { record, type Recorder } from './recorder.js';

/** An account as the application shows it. */
export interface ShownThere {
  readonly id: string;
  readonly userName: string;
  readonly active: boolean;
  readonly familyName: string;
}

/** An application with accounts of its own. */
export interface Existing {
  readonly baseUrl: string;
  /** What its connector says besides its address. @param baseUrl as the connector is given it */
  readonly connector: (baseUrl: string) => object;
  add(account: PresentAccount): Promise<unknown>;
  accounts(): Promise<readonly ShownThere[]>;
  stop(): Promise<void>;
}

export interface PreviewItem {
  readonly identity: string;
  readonly account: string | null;
  readonly userName: string | null;
  readonly effect: string;
  readonly changes: readonly { readonly target: string; readonly after: unknown }[];
}

export const limits = { timeoutMs: 120_000, everyMs: 250 } as const;
const ownerId = 'm1';

/** A running company whose application is connected, in mode observe, with everybody known to the hub. */
export class Takeover {
  /** The identity that owns the application. */
  owner = '';

  private constructor(
    private readonly hub: Deployment,
    private readonly app: Existing,
    readonly recorder: Recorder,
    private readonly tokens: Readonly<Record<'hr' | 'admin' | 'owner' | 'stranger', string>>,
  ) {}

  static async begin(app: Existing, sizes: Sizes): Promise<Takeover> {
    const [hub, recorder] = await Promise.all([hubDeployment(), record(app.baseUrl)]);
    const [hr, admin, owned, stranger] = await Promise.all([
      hub.token('feed', 'hr-feed'),
      hub.token('admin', 'admin'),
      hub.token(ownerId, 'requester'),
      hub.token('m2', 'requester'),
    ]);
    const takeover = new Takeover(hub, app, recorder, { hr, admin, owner: owned, stranger });
    for (const account of accountsOf(sizes)) await app.add(account);
    await takeover.importPeople(sizes);
    await takeover.define();
    return takeover;
  }

  async end(): Promise<void> {
    await this.hub.discard();
    await this.recorder.stop();
    await this.app.stop();
  }

  accounts(): Promise<readonly ShownThere[]> {
    return this.app.accounts();
  }

  /** Reads the application whole. */
  async read(): Promise<Answer> {
    const { body } = await this.as('admin', 'POST', `${connector}/reconcile`, {});
    const path = `${connector}/readings/${String(body['id'])}`;
    return await eventually(async () => {
      const reading = await this.as('admin', 'GET', path);
      return reading.body['status'] === 'running' ? undefined : reading;
    }, limits);
  }

  /** Everything is known that the preview depends on: so many people, and what they should have. */
  async isKnown(wanted: number): Promise<void> {
    await eventually(async () => (await this.accountsOfHub()) === wanted, limits);
  }

  /** How many accounts the readings found of each kind. */
  async found(): Promise<Record<string, number>> {
    const kinds = ['matched', 'ambiguous', 'person-without-match', 'not-a-person', 'ghost'];
    const counted = kinds.map(async (kind): Promise<[string, number]> => {
      const path = `${connector}/observed-accounts.csv?filter=${encodeURIComponent(`classification eq "${kind}"`)}`;
      return [kind, (await this.as('admin', 'GET', path)).text.trim().split('\n').length - 1];
    });
    return Object.fromEntries(await Promise.all(counted));
  }

  async preview(): Promise<{ readonly id: string; readonly counts: Record<string, number> }> {
    const { body } = await this.as('admin', 'POST', `${connector}/preview`, {});
    const path = `${connector}/previews/${String(body['id'])}`;
    return await eventually(async () => {
      const made = await this.as('admin', 'GET', path);
      return made.body['status'] === 'ready'
        ? (made.body as { id: string; counts: Record<string, number> })
        : undefined;
    }, limits);
  }

  items(preview: string): Promise<PreviewItem[]> {
    return this.all<PreviewItem>(`${connector}/previews/${preview}/items`);
  }

  /** Who releases it, and what came of it. */
  release(preview: string, by: 'owner' | 'admin' | 'stranger'): Promise<Answer> {
    return this.as(by, 'POST', `${connector}/release`, { preview, reason: 'We looked at it together' });
  }

  async isReleased(preview: string): Promise<Readonly<Record<string, unknown>>> {
    return await eventually(async () => {
      const { body } = await this.as('admin', 'GET', `${connector}/previews/${preview}`);
      return body['status'] === 'released' ? body : undefined;
    }, limits);
  }

  /** Open exposures of leavers' accounts. */
  exposures(): Promise<{ owners: string[]; dueAt: string; account: string | null; kind: string }[]> {
    return this.all('/provisioning/v1/exposures', 'kind eq "ghost" and not (closedAt pr)');
  }

  private async identityOf(employeeId: string): Promise<string> {
    const path = `/governance/v1/identities?filter=${encodeURIComponent(`employeeId eq "${employeeId}"`)}`;
    const { body } = await this.as('admin', 'GET', path);
    return (body as { items: { id: string }[] }).items[0]?.id ?? '';
  }

  /** The connector has nothing left to do but for those of whom nobody said yet which account is theirs. */
  async isIdle(undecided: number): Promise<void> {
    await eventually(
      async () => (await this.all<object>(`${connector}/accounts`, 'waiting eq true')).length === undecided,
      limits,
    );
  }

  private async importPeople(sizes: Sizes): Promise<void> {
    const headers = { 'content-type': 'text/csv' };
    const body = hrFile(peopleOf(sizes));
    const sent = await this.hub.call('POST', '/hr/v1/imports?mode=full', { token: this.tokens.hr, body, headers });
    await eventually(async () => {
      const state = await this.as('hr', 'GET', sent.headers.get('location') ?? '');
      if (state.body['status'] === 'held') throw new Error(`the import is held: ${state.text}`);
      return state.body['status'] === 'completed';
    }, limits);
  }

  private async define(): Promise<void> {
    this.owner = await this.identityOf(ownerId);
    const owners = [this.owner];
    const documents: [string, object][] = [
      [connector, this.app.connector(this.recorder.baseUrl)],
      ['/governance/v1/applications/legacy', { displayName: 'Legacy', connectorId: 'legacy', owners }],
      [
        '/governance/v1/access-packages/staff',
        { displayName: 'Staff', grants: [{ application: 'legacy', account: true }] },
      ],
      [
        '/governance/v1/birthright-rules/staff',
        { displayName: 'Staff', filter: 'status eq "active"', packages: ['staff'] },
      ],
    ];
    for (const [path, document] of documents) {
      const { status, text } = await this.as('admin', 'PUT', path, document);
      if (status >= 300) throw new Error(`PUT ${path} answered ${status}: ${text}`);
    }
  }

  private async accountsOfHub(): Promise<number> {
    return (await this.all<object>(`${connector}/accounts`)).length;
  }

  private async all<Item>(path: string, filter?: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor = '';
    for (;;) {
      const query = new URLSearchParams({
        limit: '500',
        ...(filter === undefined ? {} : { filter }),
        ...(cursor === '' ? {} : { cursor }),
      });
      const { status, body, text } = await this.as('admin', 'GET', `${path}?${query.toString()}`);
      if (status !== 200) throw new Error(text);
      items.push(...(body as { items: Item[] }).items);
      if (typeof body['nextCursor'] !== 'string') return items;
      cursor = body['nextCursor'];
    }
  }

  private as(who: keyof Takeover['tokens'], method: string, path: string, body?: object): Promise<Answer> {
    return this.hub.call(method, path, { token: this.tokens[who], ...(body === undefined ? {} : { body }) });
  }
}

const connector = '/provisioning/v1/connectors/legacy';
