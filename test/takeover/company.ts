import { type Deployment, hubDeployment } from '../support/deployment.js';
import { eventually } from '../support/eventually.js';
import type { Answer } from '../support/hub.js';
import { type Workforce, hrFile, ownerOf, strangerOf } from './people.js';

export const limits = { timeoutMs: 120_000, everyMs: 250 } as const;

export type Caller = 'hr' | 'admin' | 'owner' | 'stranger';

/** A running company: everybody is known to the hub, and no application is connected. */
export class RunningCompany {
  private readonly tokens = new Map<string, string>();

  private constructor(
    private readonly hub: Deployment,
    private readonly workforces: readonly Workforce[],
  ) {}

  static async begin(workforces: readonly Workforce[]): Promise<RunningCompany> {
    const company = new RunningCompany(await hubDeployment(), workforces);
    try {
      await company.importPeople();
    } catch (error) {
      await company.end();
      throw error;
    }
    return company;
  }

  end(): Promise<void> {
    return this.hub.discard();
  }

  /** @param workforce whose owner or stranger calls */
  async as(who: Caller, workforce: Workforce | null, method: string, path: string, body?: object): Promise<Answer> {
    const token = await this.tokenOf(who, workforce);
    return await this.hub.call(method, path, { token, ...(body === undefined ? {} : { body }) });
  }

  async done(method: string, path: string, body: object): Promise<Answer> {
    const answer = await this.as('admin', null, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer;
  }

  /** All items of a list. */
  async all<Item>(path: string, filter?: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor = '';
    for (;;) {
      const query = new URLSearchParams({
        limit: '500',
        ...(filter === undefined ? {} : { filter }),
        ...(cursor === '' ? {} : { cursor }),
      });
      const { status, body, text } = await this.as('admin', null, 'GET', `${path}?${query.toString()}`);
      if (status !== 200) throw new Error(text);
      items.push(...(body as { items: Item[] }).items);
      if (typeof body['nextCursor'] !== 'string') return items;
      cursor = body['nextCursor'];
    }
  }

  async identityOf(employeeId: string): Promise<string> {
    const [found] = await this.all<{ id: string }>('/governance/v1/identities', `employeeId eq "${employeeId}"`);
    return found?.id ?? '';
  }

  private async importPeople(): Promise<void> {
    const headers = { 'content-type': 'text/csv' };
    const token = await this.tokenOf('hr', null);
    const sent = await this.hub.call('POST', '/hr/v1/imports?mode=full', {
      token,
      body: hrFile(this.workforces),
      headers,
    });
    await eventually(async () => {
      const state = await this.as('hr', null, 'GET', sent.headers.get('location') ?? '');
      if (state.body['status'] === 'held') throw new Error(`the import is held: ${state.text}`);
      return state.body['status'] === 'completed';
    }, limits);
  }

  private async tokenOf(who: Caller, workforce: Workforce | null): Promise<string> {
    const [subject, role] = subjectOf(who, workforce);
    const known = this.tokens.get(subject) ?? (await this.hub.token(subject, role));
    this.tokens.set(subject, known);
    return known;
  }
}

function subjectOf(who: Caller, workforce: Workforce | null): [subject: string, role: string] {
  if (who === 'hr') return ['feed', 'hr-feed'];
  if (who === 'admin' || workforce === null) return ['admin', 'admin'];
  return [who === 'owner' ? ownerOf(workforce) : strangerOf(workforce), 'requester'];
}
