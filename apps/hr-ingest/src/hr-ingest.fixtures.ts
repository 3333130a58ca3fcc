import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import { Database } from '#libs/event-store/database.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { httpFront } from '#libs/service-kit/http/http-front.js';
import { close, listen } from '#libs/service-kit/http/http-server.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { masterKeyOf } from '#libs/service-kit/settings/master-key-source.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { startService } from '#libs/service-kit/service/start-service.js';
import { Conformance } from '../../../test/support/conformance.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { hrIngest } from './hr-ingest.service.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As parsed; a spec knows what it asked for. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export interface RunningHr {
  readonly clock: TestClock;
  /** What another connection sees. */
  readonly db: Database;
  call(
    method: string,
    path: string,
    body?: object | string,
    more?: { roles?: string; headers?: Record<string, string>; subject?: string; url?: string },
  ): Promise<Answer>;
  /** Posts a CSV body as it comes. */
  stream(path: string, body: ReadableStream<Uint8Array>): Promise<Response>;
  /** A second process on the same database, and where it answers; `stop` ends it, too. */
  another(): Promise<string>;
  /** Stops the service and starts it again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const masterKey = Buffer.alloc(32, 9).toString('base64');

/** The service alone on a database of its own, answering on a free port; the clock stands at noon of 2 March 2026. */
export async function runningHr(env: Record<string, string> = {}): Promise<RunningHr> {
  const database = await freshDatabase();
  const databaseUrl = database.url;
  const dataDir = mkdtempSync(join(tmpdir(), 'hub-hr-'));
  const clock = new TestClock('2026-03-02T12:00:00.000Z');
  const settings = loadSettings({
    DATABASE_URL: databaseUrl,
    HUB_MASTER_KEY: masterKey,
    HUB_TIME_ZONE: 'Europe/Berlin',
    ...env,
  });
  const issuer = LocalIssuer.open(dataDir, settings.OIDC_AUDIENCE, clock);
  const start = async () => {
    const service = await startService(hrIngest, {
      migrate: true,
      settings,
      databaseUrl,
      masterKey: masterKeyOf(masterKey, dataDir),
      tokens: issuer.verifier(),
      logger: new JsonLogger('hr'),
      clock,
    });
    const { server, url } = await listen(httpFront([service]), '127.0.0.1', 0);
    return {
      url,
      stop: async () => {
        await close(server);
        await service.stop();
      },
    };
  };
  let running = await start();
  const others: (typeof running)[] = [];
  const db = await Database.open({ url: databaseUrl, schema: 'hr', migrations: [], crossProcess: false, poolSize: 2 });
  return {
    clock,
    db,
    call: async (method, path, body, { roles = 'hr-feed', headers = {}, subject = 'feed', url } = {}) => {
      const token = await issuer.issue(subject, { roles: [roles] });
      const response = await fetch(`${url ?? running.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': typeof body === 'string' ? 'text/csv' : 'application/json',
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const { status, headers: given } = response;
      await Conformance.check(running.url, method, path, { status, headers: given, text });
      return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
    },
    stream: async (path, body) => {
      const headers = {
        authorization: `Bearer ${await issuer.issue('feed', { roles: ['hr-feed'] })}`,
        'content-type': 'text/csv',
      };
      return await fetch(`${running.url}${path}`, { method: 'POST', headers, body, duplex: 'half' });
    },
    another: async () => {
      const other = await start();
      others.push(other);
      return other.url;
    },
    restart: async () => {
      await running.stop();
      running = await start();
    },
    stop: async () => {
      for (const service of [running, ...others]) await service.stop();
      await db.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
