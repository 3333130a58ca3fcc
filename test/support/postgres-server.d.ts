export interface PostgresServer {
  readonly url: string;
  readonly pid: number;
  /** The same data on the same port, read-only until `select pg_promote()` begins a new timeline. */
  restartAsStandby(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a throw-away PostgreSQL server and resolves when it takes connections. */
export function startPostgres(settings?: Record<string, string | number>): Promise<PostgresServer>;
