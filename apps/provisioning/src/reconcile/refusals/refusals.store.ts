import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { KeptRefusal } from './refusals.js';

/** Which kinds of call each connector's application refuses, and for whom: after a restart they are released as before. */
@Injectable()
export class RefusalRows {
  constructor(private readonly db: Database) {}

  async of(connector: string): Promise<KeptRefusal[]> {
    return await this.db.query<KeptRefusal & Record<string, unknown>>(
      `select call, status, held, accounts from refused_call where connector = $1`,
      [connector],
    );
  }

  /** @param kept null when the kind works again */
  async keep(connector: string, call: string, kept: KeptRefusal | null): Promise<void> {
    if (kept === null) {
      await this.db.query(`delete from refused_call where connector = $1 and call = $2`, [connector, call]);
      return;
    }
    await this.db.query(
      `insert into refused_call (connector, call, status, held, accounts) values ($1, $2, $3, $4, $5::uuid[])
       on conflict (connector, call) do update set status = excluded.status, held = excluded.held, accounts = excluded.accounts`,
      [connector, call, kept.status, kept.held, [...kept.accounts]],
    );
  }
}
