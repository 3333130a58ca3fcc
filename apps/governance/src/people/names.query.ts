import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Identity } from '../identities/identity.js';
import { namedPerson, type NamedPerson } from './named-person.js';

/** How answers name people whom they know by their ids. */
@Injectable()
export class Names {
  constructor(private readonly db: Database) {}

  /** Names these people with one query, whatever their number. */
  async of(ids: Iterable<string | null>): Promise<(id: string) => NamedPerson> {
    const wanted = [...new Set(ids)].filter((id) => id !== null);
    if (wanted.length === 0) return (id) => namedPerson(id, undefined);
    const rows = await this.db.query<{ id: string; state: Identity }>(
      `select id, state from identity where id = any($1::uuid[])`,
      [wanted],
    );
    const states = new Map(rows.map(({ id, state }) => [id, state]));
    return (id) => namedPerson(id, states.get(id));
  }
}
