import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { TaskState } from './task.js';
import { Tasks } from './tasks.stream.js';

/** Tasks that nobody has answered. */
@Injectable()
export class OpenTasks {
  constructor(
    private readonly db: Database,
    private readonly tasks: Tasks,
  ) {}

  /** Those that were given at this time or before. */
  async givenBefore(connector: string, asOf: string): Promise<TaskState[]> {
    const rows = await this.db.query<{ id: string; version: number; fold: number; state: unknown }>(
      `select id, version, fold, state from manual_task where connector = $1 and status = 'open' and given_at <= $2::timestamptz
       order by given_at, id`,
      [connector, asOf],
    );
    const loaded = await this.tasks.loadRows(rows);
    return loaded.flatMap(({ state }) => (state?.status === 'open' ? [state] : []));
  }
}
