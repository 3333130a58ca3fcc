import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalIssuer } from '#libs/auth/local-issuer.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { PostgresBus } from '#libs/event-bus/postgres-bus.js';
import { Database } from '#libs/event-store/database.js';
import { Doorbell } from '#libs/event-store/doorbell.js';
import { currentEpoch } from '#libs/event-store/epoch.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { TestClock } from '#libs/service-kit/clock.fixtures.js';
import { httpFront } from '#libs/service-kit/http-front.js';
import { close, listen } from '#libs/service-kit/http-server.js';
import { JsonLogger } from '#libs/service-kit/json-logger.js';
import { loadSettings } from '#libs/service-kit/settings.js';
import { startService } from '#libs/service-kit/start-service.js';
import { testMasterKey } from '../../../test/support/event-store.js';
import { eventually } from '../../../test/support/eventually.js';
import { freshDatabase } from '../../../test/support/postgres.js';
import { audit } from './audit.service.js';
import { minute } from './log/messages.fixtures.js';

export interface AuditUnderTest {
  readonly url: string;
  readonly clock: TestClock;
  readonly db: Database;
  /** Lines logged so far. */
  readonly logged: string[];
  /** As an auditor; the body as JSON or text. */
  ask(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Publishes at `time`, and waits until the log has so many entries more. */
  publish(time: string, messages: readonly PublicMessage[]): Promise<void>;
  /** Waits until the log has so many entries. */
  untilSize(size: number): Promise<void>;
  close(): Promise<void>;
}

/** The audit service alone, served over HTTP on a database of its own. */
export async function auditUnderTest(): Promise<AuditUnderTest> {
  const clock = new TestClock(minute(0));
  const logged: string[] = [];
  const database = await freshDatabase();
  const issuer = LocalIssuer.open(mkdtempSync(join(tmpdir(), 'audit-')), 'identity-hub', clock);
  const auditor = await issuer.issue('grace', { roles: ['auditor'] });
  const doorbell = new Doorbell();
  const service = await startService(audit, {
    migrate: true,
    settings: loadSettings({}),
    databaseUrl: database.url,
    masterKey: testMasterKey,
    tokens: issuer.verifier(),
    logger: new JsonLogger('spec', { write: (line) => void logged.push(line) }),
    clock,
    doorbell,
    alone: true,
  });
  const { server, url } = await listen(httpFront([service]), '127.0.0.1', 0);
  const db = await Database.open({ url: database.url, schema: 'audit', migrations: [], doorbell, crossProcess: false });
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
    url,
    clock,
    db,
    logged,
    ask: async (path) => {
      const response = await fetch(url + path, { headers: { authorization: `Bearer ${auditor}` } });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    publish: async (time, messages) => {
      clock.set(time);
      await publisher.publish(messages);
      await untilSize(size + messages.length);
    },
    untilSize,
    close: async () => {
      await close(server, 100);
      await service.stop();
      await db.close();
      await database.drop();
    },
  };
}
