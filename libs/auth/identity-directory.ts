import type { IdentityMessage } from '#libs/contracts/identities.js';
import { identityChanged } from '#libs/contracts/identities.js';
import type { EventBus } from '#libs/event-bus/event-bus.port.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { topics } from '#libs/contracts/topics.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { Clock } from '#libs/service-kit/clock.js';

export interface FoundIdentity {
  readonly identity: string;
  /** On leave counts as active here: such a person may sign in. */
  readonly status: 'active' | 'inactive';
}

/**
 * Which identity a token's subject means, as governance last said. Every service keeps its own, so that each can
 * refuse who is not active, whatever else is away. Read from the database each time: what is consumed counts at once.
 */
export class IdentityDirectory {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    /** Issuer whose subjects governance speaks of: the one configured. */
    private readonly issuer: string,
  ) {}

  /** A group of its own, so that no queue of the service delays a refusal. Before `bus.start`. */
  subscribe(bus: EventBus, service: string): void {
    bus.subscribe({
      group: `${service}.identities`,
      topics: [topics.identities],
      handle: (batch, work) => this.take(batch, work),
    });
  }

  /**
   * Null for a subject nobody ever was: a machine, or an administrator without a record. A subject that is known, but
   * whose time has not come or is over, is inactive, so that a leaver's token is refused and not taken for a machine's.
   */
  async lookup(issuer: string, subject: string): Promise<FoundIdentity | null> {
    const [row] = await this.db.query<{ identity: string; active: boolean }>(
      `select i.identity, i.status <> 'inactive' and s.valid_from <= $3::timestamptz
         and (s.valid_until is null or s.valid_until > $3::timestamptz) as active
       from token_subject s join known_identity i on i.identity = s.identity
       where s.issuer = $1 and s.subject = $2
       order by active desc, s.valid_from desc limit 1`,
      [issuer, subject, this.clock.now()],
    );
    return row === undefined ? null : { identity: row.identity, status: row.active ? 'active' : 'inactive' };
  }

  /** The newest message of each identity replaces what was held of it; an older one changes nothing. */
  private async take(batch: readonly PublicMessage[], work: Work): Promise<void> {
    const newest = new Map<string, PublicMessage<IdentityMessage>>();
    for (const message of batch) {
      if (message.type !== identityChanged) continue;
      const known = newest.get(message.subject);
      if (known === undefined || isNewer(message, known))
        newest.set(message.subject, message as PublicMessage<IdentityMessage>);
    }
    if (newest.size === 0) return;
    const held = await this.db.query<{ identity: string; epoch: number; sequence: number }>(
      `select identity, epoch, sequence from known_identity where identity = any($1::uuid[])`,
      [[...newest.keys()]],
    );
    for (const row of held) {
      const message = newest.get(row.identity);
      if (message !== undefined && !isNewer(message, row)) newest.delete(row.identity);
    }
    if (newest.size > 0) this.write([...newest.values()], work);
  }

  private write(messages: readonly PublicMessage<IdentityMessage>[], work: Work): void {
    const identities = messages.map(({ subject, epoch, sequence, body }) => ({
      identity: subject,
      status: body.status,
      epoch,
      sequence,
    }));
    const subjects = messages.flatMap(({ subject: identity, body }) =>
      body.tokenSubjects.map(({ subject, from, until }) => ({
        issuer: this.issuer,
        subject,
        identity,
        valid_from: from,
        valid_until: until,
      })),
    );
    work.run(
      `insert into known_identity (identity, status, epoch, sequence)
       select * from jsonb_to_recordset($1::jsonb) as x(identity uuid, status text, epoch int, sequence int)
       on conflict (identity) do update set status = excluded.status, epoch = excluded.epoch, sequence = excluded.sequence`,
      [JSON.stringify(identities)],
    );
    const rows =
      'jsonb_to_recordset($1::jsonb) as x(issuer text, subject text, identity uuid, valid_from timestamptz, valid_until timestamptz)';
    work.run(
      `insert into token_subject (issuer, subject, identity, valid_from, valid_until)
       select issuer, subject, identity, valid_from, max(valid_until) from ${rows} group by 1, 2, 3, 4
       on conflict (issuer, subject, identity, valid_from) do update set valid_until = excluded.valid_until`,
      [JSON.stringify(subjects)],
    );
    work.run(
      `delete from token_subject s where s.identity = any($2::uuid[]) and not exists (
         select 1 from ${rows} where (x.issuer, x.subject, x.identity, x.valid_from) = (s.issuer, s.subject, s.identity, s.valid_from))`,
      [JSON.stringify(subjects), identities.map(({ identity }) => identity)],
    );
  }
}

function isNewer(a: { epoch: number; sequence: number }, b: { epoch: number; sequence: number }): boolean {
  return a.epoch === b.epoch ? a.sequence > b.sequence : a.epoch > b.epoch;
}
