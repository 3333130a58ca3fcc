import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Loaded, StoredState } from '#libs/event-store/event-stream.js';
import type { Access } from './access-state.js';
import { Accesses } from './accesses.stream.js';

/** Loads what people hold, where a decision needs nothing else of them. */
@Injectable()
export class FindAccesses {
  constructor(
    private readonly db: Database,
    private readonly accesses: Accesses,
  ) {}

  /** By identity. Who never held anything is not in it. */
  async of(identityIds: readonly string[]): Promise<Map<string, Loaded<Access>>> {
    const rows = await this.db.query<StoredState>(
      `select a.identity_id as id, a.version, a.fold, a.state from unnest($1::uuid[]) n,
         lateral (select * from access where identity_id = n limit 1) a`,
      [[...new Set(identityIds)]],
    );
    return new Map((await this.accesses.loadRows(rows)).map((loaded) => [loaded.id, loaded]));
  }
}
