import { objectIn } from '#libs/event-store/core.js';
import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { EventStore } from '#libs/event-store/event-store.js';
import { SubjectKeys, type KeyRing } from '#libs/event-store/subject-keys.js';
import type { Work } from '#libs/event-store/work.js';
import type { SaltedPart } from '#libs/merkle-log/leaf.js';

/** The part of an entry about one person; `salt` and `fields` are null after that person is forgotten. */
export interface OpenedPart {
  readonly subject: string;
  readonly salt: Buffer | null;
  readonly fields: Readonly<Record<string, unknown>> | null;
}

/** A stored part: readable, forgotten with its person, or damaged. */
export type PartInFull =
  | { readonly subject: string; readonly is: 'forgotten' }
  | { readonly subject: string; readonly is: 'unreadable' }
  | { readonly subject: string; readonly is: 'open'; readonly salt: Buffer; readonly fields: object };

export interface PartOfLeaf extends SaltedPart {
  readonly index: number;
}

/**
 * Salt and plaintext of personal parts, encrypted with each person's key. After the person is forgotten nobody can read
 * them.
 */
@Injectable()
export class LeafParts {
  constructor(
    private readonly db: Database,
    private readonly store: EventStore,
  ) {}

  /** Stages parts, and keys for people who have none yet. One query for the keys. */
  async stage(work: Work, parts: readonly PartOfLeaf[]): Promise<void> {
    if (parts.length === 0) return;
    const { keys } = this.store;
    const subjects = new Set(parts.map(({ subject }) => subject));
    const ring = await keys.load(subjects);
    const made = [...subjects].filter((subject) => !ring.has(subject)).map((subject) => keys.create(subject));
    for (const key of made) ring.add(key);
    const sealed = parts.map(({ subject, salt, fields }) =>
      ring.seal(subject, salt.toString('base64') + JSON.stringify(fields)),
    );
    work.run(
      `insert into leaf_part (index, subject, sealed) select * from unnest($1::bigint[], $2::uuid[], $3::text[])`,
      [parts.map(({ index }) => index), parts.map(({ subject }) => subject), sealed],
    );
    if (made.length === 0) return;
    work.run(SubjectKeys.insertSql, [made.map(({ subject }) => subject), made.map(({ wrapped }) => wrapped)]);
    work.onCommitted(() => made.forEach((key) => keys.remember(key)));
  }

  /** The parts of the entries from `from` up to, and without, `to`, as they are stored. */
  async inFull(from: number, to: number): Promise<Map<number, PartInFull[]>> {
    const rows = await this.db.query<{ index: string; subject: string; sealed: string | null }>(
      `select index, subject, sealed from leaf_part where index >= $1::bigint and index < $2::bigint`,
      [from, to],
    );
    const subjects = new Set(rows.map(({ subject }) => subject));
    const ring = await this.store.keys.load(subjects);
    // Keys in memory can still read parts whose key is gone from the database.
    const stored = await this.store.keys.stored(subjects);
    const byIndex = new Map<number, PartInFull[]>();
    for (const { index, subject, sealed } of rows) {
      const parts = byIndex.get(Number(index)) ?? [];
      parts.push(
        stored.has(subject) && ring.has(subject) ? readPart(subject, sealed, ring) : { subject, is: 'unreadable' },
      );
      byIndex.set(Number(index), parts);
    }
    return byIndex;
  }

  /** The parts of these entries, by index; an entry without any is absent. */
  async of(indexes: readonly number[]): Promise<Map<number, OpenedPart[]>> {
    const byIndex = new Map<number, OpenedPart[]>();
    if (indexes.length === 0) return byIndex;
    const rows = await this.db.query<{ index: string; subject: string; sealed: string | null }>(
      `select index, subject, sealed from leaf_part where index = any($1::bigint[]) order by index, subject`,
      [indexes],
    );
    const ring = await this.store.keys.load(rows.map(({ subject }) => subject));
    for (const { index, subject, sealed } of rows) {
      const parts = byIndex.get(Number(index)) ?? [];
      parts.push(opened(subject, ring.open(subject, sealed)));
      byIndex.set(Number(index), parts);
    }
    return byIndex;
  }
}

function opened(subject: string, text: string | null): OpenedPart {
  if (text === null) return { subject, salt: null, fields: null };
  const salt = Buffer.from(text.slice(0, saltLength), 'base64');
  return { subject, salt, fields: objectIn('a personal part', text.slice(saltLength)) };
}

/** A person is forgotten if, and only if, the key is gone. */
function readPart(subject: string, sealed: string | null, ring: KeyRing): PartInFull {
  if (ring.isForgotten(subject)) return { subject, is: 'forgotten' };
  try {
    const { salt, fields } = opened(subject, ring.open(subject, sealed));
    return salt === null || fields === null ? { subject, is: 'unreadable' } : { subject, is: 'open', salt, fields };
  } catch {
    return { subject, is: 'unreadable' };
  }
}

/** 32 bytes in base64. */
const saltLength = 44;
