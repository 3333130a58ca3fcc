import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { Notifier } from '#libs/event-store/notifier.js';
import { testMasterKey } from '../../../test/support/event-store.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { httpFront } from '../http/http-front.js';
import { close, listen } from '../http/http-server.js';
import { limitsOf } from '../http/limits-of.js';
import { JsonLogger } from './json-logger.js';
import { notes } from './service.fixtures.js';
import { loadSettings } from '../settings/settings.js';
import { startService, type ServiceConfig } from './start-service.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

interface Served {
  readonly url: string;
  /** As the requester, unless the headers say otherwise. */
  send(method: string, path: string, body?: string | object, headers?: Record<string, string>): Promise<Answer>;
  /** Writes a note. */
  write(text: string, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface ServiceUnderTest extends Served {
  readonly clock: TestClock;
  /** Lines logged so far. */
  readonly logged: readonly string[];
  /** Of a requester and of an auditor. */
  readonly tokens: { readonly requester: string; readonly auditor: string };
  /** The same again on the same database, by a process that takes this one for dead. */
  successor(): Promise<Served>;
}

/** The notes, served over HTTP on a database of their own; `wired` gives the address by which they reach it. */
export async function serviceUnderTest({
  wired = (url) => Promise.resolve(url),
  ...given
}: Partial<Pick<ServiceConfig, 'limits' | 'settings'>> & {
  wired?: (url: string) => Promise<string>;
} = {}): Promise<ServiceUnderTest> {
  const logged: string[] = [];
  const clock = new TestClock();
  const database = await freshDatabase();
  const issuer = LocalIssuer.open(mkdtempSync(join(tmpdir(), 'kit-')), 'identity-hub', clock);
  const requester = await issuer.issue('1001', { roles: ['requester'] }, { hours: 48 });
  const auditor = await issuer.issue('1002', { roles: ['auditor'] }, { hours: 48 });
  const config = {
    settings: loadSettings({}),
    databaseUrl: await wired(database.url),
    migrate: true,
    masterKey: testMasterKey,
    tokens: issuer.verifier(),
    logger: new JsonLogger('spec', { write: (line) => void logged.push(line) }),
    clock,
    notifier: new Notifier(),
    alone: true,
    ...given,
  };
  const first = await served(config, requester);
  return {
    ...first,
    clock,
    logged,
    tokens: { requester, auditor },
    successor: () => served({ ...config, notifier: new Notifier() }, requester),
    close: async () => {
      await first.close();
      await database.drop();
    },
  };
}

async function served(config: ServiceConfig, token: string): Promise<Served> {
  const service = await startService(notes, config);
  const { server, url } = await listen(
    httpFront([service], () => false, limitsOf(config.settings)),
    '127.0.0.1',
    0,
  );
  const send: Served['send'] = async (method, path, body, headers = {}) => {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const kind = text === undefined ? {} : { 'content-type': 'application/json' };
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...kind, ...headers },
      ...(text === undefined ? {} : { body: text }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  return {
    url,
    send,
    write: (text, headers) => send('POST', '/notes/v1/notes', { text }, headers),
    close: async () => {
      await close(server, 100);
      await service.stop();
    },
  };
}
