import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';

/** The reasons against a connector for an application. */
@Injectable()
export class ApplicationConnectors {
  constructor(private readonly db: Database) {}

  /** The application that has this connector; null for none. */
  async holderOf(connectorId: string): Promise<string | null> {
    const [row] = await this.db.query<{ application: string }>(
      `select application from application_connector where connector_id = $1`,
      [connectorId],
    );
    return row?.application ?? null;
  }

  /** Has access ever been granted in this application? */
  async everUsed(application: string): Promise<boolean> {
    const rows = await this.db.query(`select 1 from desired_access where application = $1 limit 1`, [application]);
    return rows.length > 0;
  }
}
