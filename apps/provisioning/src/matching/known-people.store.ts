import { Injectable } from '@nestjs/common';
import type { IdentityMessage } from '#libs/contracts/identities.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { keysOf } from './person-keys.js';

/** A person to whom an account may belong. */
export interface KnownPerson {
  readonly identity: string;
  readonly status: IdentityMessage['status'];
  readonly displayName: string;
  /** First day of employment. */
  readonly hireDate: string;
  /** When the person left; null for one who has not. */
  readonly leftAt: string | null;
}

/** Stages what matching compares of each person. The messages are the newest of each; an older one changes nothing. */
export function writePeople(messages: readonly PublicMessage<IdentityMessage>[], work: Work): void {
  const people = messages
    .map(({ body, epoch, sequence, time }) => ({
      identity: body.identity,
      status: body.status,
      display_name: body.displayName,
      employee_id: body.employeeId,
      hire_date: body.attributes.hireDate,
      left_at: body.status === 'inactive' ? leftAt(body, time) : null,
      keys: keysOf(body),
      epoch,
      sequence,
    }))
    .sort((one, other) => (one.identity < other.identity ? -1 : 1));
  if (people.length === 0) return;
  work.run(
    `insert into known_person as p (identity, status, display_name, employee_id, hire_date, left_at, keys, epoch, sequence)
     select * from jsonb_to_recordset($1::jsonb)
       as x(identity uuid, status text, display_name text, employee_id text, hire_date text, left_at timestamptz, keys jsonb, epoch int, sequence int)
     on conflict (identity) do update set status = excluded.status, display_name = excluded.display_name,
       employee_id = excluded.employee_id, hire_date = excluded.hire_date, left_at = excluded.left_at, keys = excluded.keys, epoch = excluded.epoch, sequence = excluded.sequence
     where (excluded.epoch, excluded.sequence) > (p.epoch, p.sequence)`,
    [JSON.stringify(people)],
  );
}

/** The end of the access or of the employment, as HR stated it; else when the message says so. */
function leftAt(
  { attributes: { accessEndsAt, lastWorkingDay, terminationDate } }: IdentityMessage,
  time: string,
): string {
  const stated = accessEndsAt ?? lastWorkingDay ?? terminationDate ?? time;
  const at = Date.parse(stated);
  return Number.isNaN(at) || at > Date.parse(time) ? time : new Date(at).toISOString();
}

/** The people that governance tells of. */
@Injectable()
export class KnownPeople {
  constructor(private readonly db: Database) {}

  /** Who has one of these folded values, at most `most` of each. @param source the hub's own name of it */
  async having(source: string, values: readonly string[], most: number): Promise<Map<string, string[]>> {
    const rows = await this.db.query<{ value: string; people: string[] }>(
      `select k.value, (array_agg(p.identity::text order by p.identity))[1:$3] as people
       from unnest($2::text[]) as k(value) join known_person p on p.keys->>$1 = k.value group by k.value`,
      [source, values, most],
    );
    return new Map(rows.map(({ value, people }) => [value, people]));
  }

  async of(identities: readonly string[]): Promise<Map<string, KnownPerson>> {
    const rows = await this.db.query<{
      identity: string;
      status: KnownPerson['status'];
      display_name: string;
      hire_date: string;
      left_at: Date | null;
    }>(`select identity, status, display_name, hire_date, left_at from known_person where identity = any($1::uuid[])`, [
      identities,
    ]);
    return new Map(
      rows.map(({ identity, status, display_name, hire_date, left_at }) => [
        identity,
        { identity, status, displayName: display_name, hireDate: hire_date, leftAt: left_at?.toISOString() ?? null },
      ]),
    );
  }
}
