import type { Answer, CallOptions, HubUnderTest } from '../support/hub.js';
import type { Entry } from './log-oracle.js';

const retryMs = 25;
const timeoutMs = 60_000;

/** Callers of a hub that may die under their hands: what got no answer is repeated, as a good client does. */
export class RetryingClient {
  private readonly tokens = new Map<string, string>();

  /** @param ended why nobody will answer any more; null while somebody may */
  constructor(
    private readonly hub: HubUnderTest,
    private readonly ended: () => string | null,
  ) {}

  async token(role: string, subject = `${role}-system`): Promise<string> {
    const key = `${subject} ${role}`;
    const known = this.tokens.get(key) ?? (await this.hub.token(subject, role));
    this.tokens.set(key, known);
    return known;
  }

  async get<Body = Record<string, unknown>>(path: string, role: string): Promise<Body> {
    const answer = await this.answered<Body>('GET', path, async () => ({ token: await this.token(role) }));
    if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }

  async put(path: string, body: object, role: string): Promise<void> {
    const answer = await this.answered('PUT', path, async () => ({ token: await this.token(role), body }));
    if (answer.status >= 300) throw new Error(`PUT ${path} was answered ${answer.status}: ${answer.text}`);
  }

  /** The log from its beginning. */
  async entries(filter = ''): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const place: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/audit/v1/entries?limit=500&filter=${encodeURIComponent(filter)}${place}`;
      const page: { items: Entry[]; nextCursor: string | null } = await this.get(path, 'auditor');
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found;
  }

  /** One call, repeated while there is no answer or the hub is not ready. Every other 5xx is a fault of the hub's own. */
  async answered<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: () => Promise<CallOptions>,
  ): Promise<Answer<Body>> {
    for (const deadline = performance.now() + timeoutMs; ;) {
      const given = await options();
      const answer = await this.hub.call<Body>(method, path, given).catch((error: unknown) => ({ status: 0, error }));
      if ('text' in answer && answer.status !== 503) {
        if (answer.status < 500) return answer;
        throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.text}`);
      }
      const ended = this.ended();
      if (ended !== null) throw new Error(ended);
      if (performance.now() > deadline)
        throw new Error(`${method} ${path} got no answer; the hub printed:\n${this.hub.child().output()}`, {
          cause: 'error' in answer ? answer.error : answer.text,
        });
      await new Promise((done) => setTimeout(done, retryMs));
    }
  }
}
