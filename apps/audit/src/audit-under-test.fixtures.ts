import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres/postgres-bus.js';
import { Database } from '#libs/event-store/database.js';
import { Notifier } from '#libs/event-store/notifier.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { TestClock } from '#libs/system/clock.fixtures.js';
import { httpFront } from '#libs/service-kit/http/http-front.js';
import { close, listen } from '#libs/service-kit/http/http-server.js';
import { JsonLogger } from '#libs/service-kit/service/json-logger.js';
import { loadSettings } from '#libs/service-kit/settings/settings.js';
import { startService } from '#libs/service-kit/service/start-service.js';
import { testMasterKey } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { audit } from './audit.service.js';
import { minute } from './log/messages.fixtures.js';

export interface AuditUnderTest {
  readonly clock: TestClock;
  readonly db: Database;
  /** Lines logged so far. */
  readonly logged: string[];
  /** Where the newest checkpoint is kept, unless a witness keeps it. */
  readonly dataDir: string;
  url(): string;
  /** As an auditor; the body as JSON or text. */
  ask(path: string, method?: string): Promise<{ status: number; body: Record<string, unknown>; text: string }>;
  /** Publishes at `time`, and waits until the log has that many more entries. */
  publish(time: string, messages: readonly PublicMessage[]): Promise<void>;
  /** Waits until the log has that many entries. */
  untilSize(size: number): Promise<void>;
  /** Stops the service and starts it on the same database and directory; rejects when it does not start. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** With these settings beside its own. */
  start(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Another process on the same database, with these settings; returns how it stops. */
  beside(env: Readonly<Record<string, string>>): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** The audit service alone, served over HTTP on a database of its own. @param env CHECKPOINT_WITNESS: then nobody owns the directory */
export async function auditUnderTest(
  env: Readonly<Record<string, string>> = {},
  owned = env['CHECKPOINT_WITNESS'] === undefined,
): Promise<AuditUnderTest> {
  const clock = new TestClock(minute(0));
  const logged: string[] = [];
  const dataDir = mkdtempSync(join(tmpdir(), 'audit-'));
  const database = await freshDatabase();
  const issuer = LocalIssuer.open(dataDir, 'identity-hub', clock);
  const settings = loadSettings({ HUB_DATA_DIR: dataDir, ...env });
  const notifier = new Notifier();
  const config = {
    migrate: true,
    settings,
    databaseUrl: database.url,
    masterKey: testMasterKey,
    tokens: issuer.verifier(),
    logger: new JsonLogger('spec', { write: (line) => void logged.push(line) }),
    clock,
    notifier,
    alone: true,
    ...(owned ? { ownedDir: dataDir } : {}),
  };
  let url = '';
  let stop = (): Promise<void> => Promise.resolve();
  const start = async (more: Readonly<Record<string, string>> = {}): Promise<void> => {
    const of = { ...config, settings: loadSettings({ HUB_DATA_DIR: dataDir, ...env, ...more }) };
    const service = await startService(audit, of);
    const listening = await listen(httpFront([service]), '127.0.0.1', 0);
    ({ url } = listening);
    stop = async () => {
      stop = () => Promise.resolve();
      await close(listening.server, 100);
      await service.stop();
    };
  };
  await start();
  const db = await Database.open({ url: database.url, schema: 'audit', migrations: [], notifier, crossProcess: false });
  const publisher = new PostgresBus({
    store: new EventStore(db, testMasterKey, () => clock.now(), await currentEpoch(db)),
    onError: () => undefined,
  });
  let size = 0;
  const untilSize = async (wanted: number): Promise<void> => {
    size = wanted;
    await eventually(async () => {
      const [head] = await db.query<{ size: string }>(`select size from tree_head`);
      if (Number(head?.size) !== wanted) throw new Error(`the log has ${String(head?.size)} entries, not ${wanted}`);
      return true;
    });
  };
  return {
    clock,
    db,
    logged,
    dataDir,
    url: () => url,
    ask: async (path, method = 'GET') => {
      const token = await issuer.issue('grace', { roles: ['auditor'] });
      const response = await fetch(url + path, { method, headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json; charset') === true || /^[[{]/.test(text);
      return {
        status: response.status,
        body: json && !text.includes('\n{') ? (JSON.parse(text) as Record<string, unknown>) : {},
        text,
      };
    },
    publish: async (time, messages) => {
      clock.set(time);
      await publisher.publish(messages);
      await untilSize(size + messages.length);
    },
    untilSize,
    start,
    stop: () => stop(),
    restart: async () => {
      await stop();
      await start();
    },
    beside: async (other) => {
      const { ownedDir: _, ...shared } = { ownedDir: '', ...config };
      const service = await startService(audit, {
        ...shared,
        settings: loadSettings({ HUB_DATA_DIR: dataDir, ...env, ...other }),
        notifier: new Notifier(),
        migrate: false,
        alone: false,
      });
      return () => service.stop();
    },
    close: async () => {
      await stop();
      await db.close();
      await database.drop();
    },
  };
}
