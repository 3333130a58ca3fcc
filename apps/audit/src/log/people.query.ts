import { Injectable } from '@nestjs/common';
import { identityChanged } from '#libs/contracts/identities.js';
import { Database } from '#libs/event-store/database.js';
import { LeafParts } from './leaf-parts.store.js';

/** A person; the names are null if the person is forgotten or has no entry. */
export interface Person {
  readonly id: string;
  readonly employeeId: string | null;
  readonly displayName: string | null;
}

/** Names of identities, decrypted from the newest entry about each. No other table holds personal data. */
@Injectable()
export class People {
  constructor(
    private readonly db: Database,
    private readonly parts: LeafParts,
  ) {}

  /** The names of these identities, as the log knew them at `knownAt`. Three statements. */
  async named(identities: Iterable<string>, knownAt: string): Promise<(id: string) => Person> {
    const entries = await this.entries(identities, knownAt);
    const parts = await this.parts.of([...entries.values()]);
    return (id) => {
      const opened = parts.get(entries.get(id) ?? -1) ?? [];
      const fields = opened.find(({ subject }) => subject === id)?.fields ?? null;
      return { id, employeeId: text(fields?.['employeeId']), displayName: text(fields?.['displayName']) };
    };
  }

  /** Index of the newest entry about each identity. */
  async entries(identities: Iterable<string>, knownAt: string): Promise<Map<string, number>> {
    const rows = await this.db.query<{ identity: string; index: string }>(
      `select i.identity, l.index from unnest($1::uuid[]) as i(identity), lateral (
         select l.index from leaf l where l.identity = i.identity and l.type = $2 and l.recorded_at <= $3::timestamptz
         order by l.epoch desc, l.sequence desc limit 1) l`,
      [[...new Set(identities)], identityChanged, knownAt],
    );
    return new Map(rows.map(({ identity, index }) => [identity, Number(index)]));
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
