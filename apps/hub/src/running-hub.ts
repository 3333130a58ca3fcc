import { parsed } from '#libs/event-store/core.js';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import type { Role } from '#libs/auth/caller.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { SystemClock } from '#libs/system/clock.js';

/** What every command that calls a running hub may be told; the embedded defaults serve on the same machine. */
export interface Address {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** Without `--token`: a token that the local issuer makes for the command. */
interface Command {
  readonly name: string;
  readonly roles: readonly Role[];
}

/** A hub that runs, as its commands call it. */
export class RunningHub {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @throws Error where another issuer than the local one must give the token */
  static async at({ url, token }: Address, command: Command): Promise<RunningHub> {
    return new RunningHub(url ?? `http://127.0.0.1:${loadSettings().PORT}`, token ?? (await ownToken(command)));
  }

  /** @throws Error with the answer's words unless it is 2xx */
  async call(method: string, path: string, more: RequestInit = {}): Promise<Response> {
    const response = await this.fetch(method, path, more);
    if (!response.ok) throw new Error(`refused with ${response.status}: ${await response.text()}`);
    return response;
  }

  async callWith(method: string, path: string, body: object): Promise<Response> {
    return await this.call(method, path, withJson(body));
  }

  /** The body of an answer. @throws Error where it has not the shape of one */
  async read<Body>(isBody: (value: unknown) => boolean, path: string): Promise<Body> {
    return await bodyOf(isBody, await this.call('GET', path));
  }

  /** The answer, whatever its status. */
  async answer(method: string, path: string, body: object): Promise<Response> {
    return await this.fetch(method, path, withJson(body));
  }

  private async fetch(method: string, path: string, more: RequestInit): Promise<Response> {
    const headers = { ...(more.headers as Record<string, string> | undefined), authorization: `Bearer ${this.token}` };
    return await fetch(new URL(path, this.url), { ...more, method, headers });
  }
}

/** The body of an answer of a hub, which may be of another version. @throws Error where it has not this shape */
export async function bodyOf<Body>(isBody: (value: unknown) => boolean, response: Response): Promise<Body> {
  return parsed('the answer of the hub', isBody, await response.json());
}

const withJson = (body: object): RequestInit => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Everybody who can read the data directory can use the key of the local issuer. */
async function ownToken({ name, roles }: Command): Promise<string> {
  const settings = loadSettings();
  if (settings.OIDC_ISSUER !== undefined) throw new Error('give a token of your issuer with --token');
  const issuer = LocalIssuer.open(settings.HUB_DATA_DIR, settings.OIDC_AUDIENCE, new SystemClock());
  const claims = { [settings.OIDC_ROLES_CLAIM]: roles };
  return await issuer.issue(name, claims, { nameSpace: 'administrator', hours: 1, roles });
}
