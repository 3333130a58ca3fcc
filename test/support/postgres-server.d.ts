/** Starts a throw-away PostgreSQL server and resolves when it takes connections. */
export function startPostgres(
  settings?: Record<string, string | number>,
): Promise<{ url: string; pid: number; stop(): Promise<void> }>;
