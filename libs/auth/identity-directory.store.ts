import type { IdentityMessage } from '#libs/contracts/identities.js';
import { identityChanged } from '#libs/contracts/identities.js';
import { isAfter } from '#libs/event-bus/consumer/consumer-state.js';
import type { EventBus } from '#libs/event-bus/event-bus.port.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import { topics } from '#libs/contracts/topics.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import type { Clock } from '#libs/system/clock.js';

export interface FoundIdentity {
  readonly identity: string;
  /** On leave counts as active here: such a person may sign in. */
  readonly status: 'active' | 'inactive';
}

type IdentityNews = PublicMessage<IdentityMessage>;

/** How far an identity is known. */
interface Held {
  readonly identity: string;
  readonly epoch: number;
  readonly sequence: number;
}

/** Under load, larger pages cost less. A refusal is late by at most this time. Milliseconds. */
const lingerMs = 50;

/**
 * Finds the identity of a token's subject, from governance's newest messages. Every service has its own copy, so it can
 * refuse inactive people also if other services are down. It is read from the database each time, so messages count at
 * once.
 */
export class IdentityDirectory {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    /** The configured issuer, whose subjects governance publishes. */
    private readonly issuer: string,
    /** What the service keeps of people besides, from the newest message of each; older ones come too. */
    private readonly also: (messages: readonly PublicMessage<IdentityMessage>[], work: Work) => void = () => undefined,
  ) {}

  /** A group of its own, so that no queue of the service delays a refusal. Before `bus.start`. */
  subscribe(bus: EventBus, service: string): void {
    bus.subscribe({
      group: `${service}.identities`,
      topics: [topics.identities],
      types: new Set([identityChanged]),
      // What is stored about an identity decides whether a message is new.
      inbox: 'none',
      maxBatch: 200,
      lingerMs,
      urgent: true,
      handle: (batch, work) => this.take(batch, work),
    });
  }

  /**
   * Null for a subject that never belonged to a person: a machine, or an administrator without an HR record. A known
   * subject whose time has not started or is over is inactive, so that a leaver's token is refused and not treated as a
   * machine's.
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

  /** The newest message of each identity replaces the stored one; an older one changes nothing. */
  private async take(batch: readonly PublicMessage[], work: Work): Promise<void> {
    // The subscription lets this one type through.
    const newest = newestOf(batch as readonly IdentityNews[], ({ subject }) => subject);
    if (newest.length === 0) return;
    this.also(newest, work);
    const held = await this.db.query<Held>(
      `select identity, epoch, sequence from known_identity where identity = any($1::uuid[])`,
      [newest.map(({ subject }) => subject)],
    );
    const known = new Map(held.map((row) => [row.identity, row]));
    const news = newest.filter((message) => {
      const row = known.get(message.subject);
      return row === undefined || isAfter(message, row);
    });
    this.begin(
      news.filter(({ subject }) => !known.has(subject)),
      work,
    );
    this.goOn(
      news.flatMap((message) => {
        const was = known.get(message.subject);
        return was === undefined ? [] : [{ message, was }];
      }),
      work,
    );
  }

  /** Unknown identities. The work fails with a conflict if another process stored one in the meantime. */
  private begin(messages: readonly IdentityNews[], work: Work): void {
    if (messages.length === 0) return;
    work.run(
      `insert into known_identity (identity, status, epoch, sequence)
       select * from jsonb_to_recordset($1::jsonb) as x(identity uuid, status text, epoch int, sequence int)`,
      [JSON.stringify(messages.map(identityRow))],
    );
    this.stageSubjects(messages, work);
  }

  /** Known identities. The work fails with a conflict if one of them has changed. */
  private goOn(changes: readonly { message: IdentityNews; was: Held }[], work: Work): void {
    if (changes.length === 0) return;
    work.expect(
      `update known_identity k set status = x.status, epoch = x.epoch, sequence = x.sequence
       from jsonb_to_recordset($1::jsonb) as x(identity uuid, status text, epoch int, sequence int, was_epoch int, was_sequence int)
       where k.identity = x.identity and k.epoch = x.was_epoch and k.sequence = x.was_sequence`,
      [
        JSON.stringify(
          changes.map(({ message, was }) => ({
            ...identityRow(message),
            was_epoch: was.epoch,
            was_sequence: was.sequence,
          })),
        ),
      ],
      changes.length,
      'identities as they were read',
    );
    const messages = changes.map(({ message }) => message);
    const subjects = JSON.stringify(this.subjectRows(messages));
    this.stageSubjects(messages, work);
    work.run(
      `delete from token_subject s where s.identity = any($2::uuid[])
         and (s.issuer, s.subject, s.identity, s.valid_from) not in (select issuer, subject, identity, valid_from from ${subjectRecords})`,
      [subjects, messages.map(({ subject }) => subject)],
    );
  }

  private stageSubjects(messages: readonly IdentityNews[], work: Work): void {
    work.run(
      `insert into token_subject (issuer, subject, identity, valid_from, valid_until)
       select issuer, subject, identity, valid_from, max(valid_until) from ${subjectRecords} group by 1, 2, 3, 4
       on conflict (issuer, subject, identity, valid_from) do update set valid_until = excluded.valid_until
       where token_subject.valid_until is distinct from excluded.valid_until`,
      [JSON.stringify(this.subjectRows(messages))],
    );
  }

  private subjectRows(messages: readonly IdentityNews[]): object[] {
    return messages.flatMap(({ subject: identity, body }) =>
      body.tokenSubjects.map(({ subject, from, until }) => ({
        issuer: this.issuer,
        subject,
        identity,
        valid_from: from,
        valid_until: until,
      })),
    );
  }
}

const identityRow = ({ subject, epoch, sequence, body }: IdentityNews): object => ({
  identity: subject,
  status: body.status,
  epoch,
  sequence,
});

const subjectRecords =
  'jsonb_to_recordset($1::jsonb) as x(issuer text, subject text, identity uuid, valid_from timestamptz, valid_until timestamptz)';

/** Tables that each service fills from governance's messages about identities, with the command that restates them. */
export const identitiesFed = {
  known_identity: 'have it restated by hub republish governance --from TIME',
  token_subject: 'have it restated by hub republish governance --from TIME',
} as const;
