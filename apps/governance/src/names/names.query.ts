import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { StoredState } from '#libs/event-store/event-stream.js';
import { Identities } from '../identities/identities.exports.js';
import { namedPerson, type NamedPerson } from './named-person.js';

/** How answers name people whom they know by their ids. */
@Injectable()
export class Names {
  constructor(
    private readonly db: Database,
    private readonly identities: Identities,
  ) {}

  /** Names these people with one query, whatever their number. */
  async of(ids: Iterable<string | null>): Promise<(id: string) => NamedPerson> {
    const wanted = [...new Set(ids)].filter((id) => id !== null);
    if (wanted.length === 0) return (id) => namedPerson(id, undefined);
    const rows = await this.db.query<StoredState & Record<string, unknown>>(
      `select id, version, fold, state from identity where id = any($1::uuid[])`,
      [wanted],
    );
    const states = new Map((await this.identities.loadRows(rows)).map(({ id, state }) => [id, state]));
    return (id) => namedPerson(id, states.get(id));
  }
}
