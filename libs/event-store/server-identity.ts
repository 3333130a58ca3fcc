import type { PoolClient } from 'pg';
import { settingLimits, withTimeout, type ServerLimits } from './limits.js';

/**
 * Which history this server writes: the cluster's identifier, and the timeline that it writes to now (the last checkpoint's
 * would be the former one for a while after a failover). SQLSTATE 55000 on a standby.
 */
export const serverIdentitySql = `select c.system_identifier::text as system,
  ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline from pg_control_system() c`;

type Client = Pick<PoolClient, 'query'>;

/** A new connection must tell within so many milliseconds what it leads to. */
const lookMs = 3_000;

/** Neither may be used. Callers treat this as an outage and wait. */
class WrongServer extends Error {
  /** SQLSTATE cannot_connect_now. */
  readonly code = '57P03';
}

/**
 * Looks at each new connection before anybody uses it. A standby is refused. So is another server than the first one,
 * or the same on another timeline (a failover, a restore): what this process has in memory, above all its epoch,
 * belongs to the former history. It must start again.
 */
export class ServerIdentity {
  private known: string | undefined;
  /** Resolves when the server was replaced by another. */
  readonly replaced: Promise<void>;
  private tellReplaced: () => void = () => undefined;

  constructor() {
    this.replaced = new Promise((resolve) => (this.tellReplaced = resolve));
  }

  /**
   * For a pool: called with each new connection, which gets its limits here; the connection is closed if `done` gets an
   * error.
   */
  verify(limits: ServerLimits): (client: Client, done: (error?: Error) => void) => void {
    return (client, done) => {
      this.look(client, limits).then(
        () => done(),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    };
  }

  private async look(client: Client, limits: ServerLimits): Promise<void> {
    const { rows: states } = await client.query<{ standby: boolean }>(
      withTimeout(lookMs, `select pg_is_in_recovery() as standby, ${settingLimits(limits)}`),
    );
    if (states[0]?.standby === true) throw new WrongServer('this database server is a standby');
    const { rows } = await client.query<{ system: string; timeline: number }>(withTimeout(lookMs, serverIdentitySql));
    const identity = rows.map(({ system, timeline }) => `${system}/${timeline}`).join();
    this.known ??= identity;
    if (identity === this.known) return;
    this.tellReplaced();
    throw new WrongServer('this is another database server or timeline than at the start: start again');
  }
}
