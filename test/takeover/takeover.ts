import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/hub.js';
import { limits, type RunningCompany } from './company.js';
import { accountsOf, type Workforce, ownerOf, type PresentAccount } from './people.js';
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
  readonly leftOut: boolean;
}

interface Preview {
  readonly id: string;
  readonly status: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly done: number;
  readonly next: string | null;
}

/** What was released in the end. */
export interface Released {
  readonly done: number;
  readonly items: readonly PreviewItem[];
}

interface Assignment {
  readonly status: string;
  readonly cause: { readonly certifiedBy: string | null };
}

/** An application of a running company that is connected, in mode observe. */
export class Takeover {
  private constructor(
    private readonly company: RunningCompany,
    private readonly id: string,
    private readonly workforce: Workforce,
    private readonly app: Existing,
    readonly recorder: Recorder,
    /** The identity that owns the application. */
    readonly owner: string,
  ) {}

  static async begin(company: RunningCompany, id: string, workforce: Workforce, app: Existing): Promise<Takeover> {
    for (const account of accountsOf(workforce)) await app.add(account);
    const recorder = await record(app.baseUrl);
    const owner = await company.identityOf(ownerOf(workforce));
    const takeover = new Takeover(company, id, workforce, app, recorder, owner);
    await takeover.define();
    return takeover;
  }

  async end(): Promise<void> {
    await this.recorder.stop();
    await this.app.stop();
  }

  accounts(): Promise<readonly ShownThere[]> {
    return this.app.accounts();
  }

  /** Reads the application whole. */
  async read(): Promise<Answer> {
    const { body } = await this.company.done('POST', `${this.path}/reconcile`, {});
    return await eventually(async () => {
      const reading = await this.get(`/readings/${String(body['id'])}`);
      return reading.body['status'] === 'running' ? undefined : reading;
    }, limits);
  }

  /** What everybody should have is known: of so many people. */
  async isKnown(wanted: number): Promise<void> {
    await eventually(async () => (await this.all<object>('/accounts')).length === wanted, limits);
  }

  /** How many accounts the readings found of each kind. */
  async found(): Promise<Record<string, number>> {
    const kinds = ['matched', 'ambiguous', 'person-without-match', 'not-a-person', 'ghost'];
    const counted = kinds.map(async (kind): Promise<[string, number]> => {
      const { text } = await this.get(
        `/observed-accounts.csv?filter=${encodeURIComponent(`classification eq "${kind}"`)}`,
      );
      return [kind, text.trim().split('\n').length - 1];
    });
    return Object.fromEntries(await Promise.all(counted));
  }

  async preview(): Promise<Preview> {
    const { body } = await this.company.done('POST', `${this.path}/preview`, {});
    return await this.previewIs(String(body['id']), 'ready');
  }

  release(preview: string, by: 'owner' | 'stranger'): Promise<Answer> {
    const body = { preview, reason: 'We looked at it together' };
    return this.company.as(by, this.workforce, 'POST', `${this.path}/release`, body);
  }

  /** Releases a preview, and each one after it that shows what changed meanwhile, until nothing is left out. */
  async releaseAll(first: string): Promise<Released> {
    const items: PreviewItem[] = [];
    let done = 0;
    for (let id: string | null = first; id !== null;) {
      const { status, text } = await this.release(id, 'owner');
      if (status !== 200) throw new Error(text);
      const released: Preview = await this.previewIs(id, 'released');
      items.push(...(await this.all<PreviewItem>(`/previews/${id}/items`)).filter(({ leftOut }) => !leftOut));
      done += released.done;
      id = released.next;
      if (id !== null) await this.previewIs(id, 'ready');
    }
    return { done, items };
  }

  /** Open exposures of leavers' accounts. */
  exposures(): Promise<{ owners: string[]; dueAt: string; account: string | null }[]> {
    const filter = `kind eq "ghost" and connector eq "${this.id}" and not (closedAt pr)`;
    return this.company.all('/provisioning/v1/exposures', filter);
  }

  /** The connector has nothing left to do but for those of whom nobody said yet which account is theirs. */
  async isIdle(undecided: number): Promise<void> {
    await eventually(async () => (await this.all<object>('/accounts', 'waiting eq true')).length === undecided, limits);
  }

  /** Access that was found there and that somebody has not taken away. */
  async asFound(): Promise<readonly Assignment[]> {
    const path = '/governance/v1/assignments';
    const filter = `cause.type eq "as-found" and cause.connector eq "${this.id}" and status eq "active"`;
    return await this.company.all<Assignment>(path, filter);
  }

  /** Decides about all access that was found there of those who match. */
  async decideFound(action: 'certify' | 'revoke', filter: string): Promise<void> {
    const change = { action, packageId: `as-found:${this.id}`, filter, reason: 'We looked at it together' };
    const { body } = await this.company.done('POST', '/governance/v1/bulk-changes', change);
    const path = `/governance/v1/bulk-changes/${String(body['id'])}`;
    const isNow = (status: string): Promise<unknown> =>
      eventually(async () => (await this.company.as('admin', null, 'GET', path)).body['status'] === status, limits);
    await isNow('ready');
    await this.company.done('POST', `${path}/apply`, { confirm: 10_000 });
    await isNow('completed');
  }

  private async previewIs(id: string, status: string): Promise<Preview> {
    return await eventually(async () => {
      const body = (await this.get(`/previews/${id}`)).body as unknown as Preview;
      return body.status === status ? body : undefined;
    }, limits);
  }

  private async define(): Promise<void> {
    const { id, owner, workforce } = this;
    const documents: [string, object][] = [
      [this.path, this.app.connector(this.recorder.baseUrl)],
      [`/governance/v1/applications/${id}`, { displayName: id, connectorId: id, owners: [owner] }],
      [`/governance/v1/access-packages/${id}`, { displayName: id, grants: [{ application: id, account: true }] }],
      [
        `/governance/v1/birthright-rules/${id}`,
        { displayName: id, filter: `department eq "${workforce.department}" and status eq "active"`, packages: [id] },
      ],
    ];
    for (const [path, document] of documents) await this.company.done('PUT', path, document);
  }

  private get path(): string {
    return `/provisioning/v1/connectors/${this.id}`;
  }

  private get(path: string): Promise<Answer> {
    return this.company.as('admin', null, 'GET', `${this.path}${path}`);
  }

  private all<Item>(path: string, filter?: string): Promise<Item[]> {
    return this.company.all(`${this.path}${path}`, filter);
  }
}
