import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import type { Work } from '#libs/event-store/work.js';
import { causedBy } from './removal-cause.js';
import { leftBody } from './goal.js';
import { attributesAwaited } from './needed-sources.js';
import { noRoom } from './refusal.js';
import { rootCause } from './root-cause.js';

/** Channel for changes of desired access and for retries: workers look for due accounts. */
export const desiredChannel = 'provisioning.desired';

/** 0: somebody must lose access; 1: somebody waits for it; 2: part of a large piece of work, such as a file of people. */
export type Priority = 0 | 1 | 2;

function priorityOf({ body, bulk }: PublicMessage<DesiredAccessMessage>): Priority {
  if (body.status === 'leaver' || body.accounts[0]?.active !== true) return 0;
  return bulk === true ? 2 : 1;
}

const withoutPerson = (body: string): string => `(${body} #- '{accounts,0,attributes}' #- '{accounts,0,sources}')`;
const attributesIn = (body: string): string => `coalesce(${body} #> '{accounts,0,attributes}', '{}')`;
const sourcesIn = (body: string): string => `(${body} #> '{accounts,0,sources}')`;

/**
 * SQL: the same is desired, said with other attributes of the person, because the connector reads others. Nothing was decided: who is
 * parked or dismissed stays so, and no deadline begins again.
 */
const restated = `(${sourcesIn('excluded.body')} is distinct from ${sourcesIn('d.body')}
  and ${withoutPerson('excluded.body')} = ${withoutPerson('d.body')}
  and (${attributesIn('excluded.body')} <@ ${attributesIn('d.body')} or ${attributesIn('d.body')} <@ ${attributesIn('excluded.body')}))`;
const unlessRestated = (column: string, value = `excluded.${column}`): string =>
  `${column} = case when ${restated} then d.${column} else ${value} end`;

/** Somebody of whom attributes were missing is released by the message that brings them. */
const unlessWaiting = (column: string): string =>
  `${column} = case when ${restated} and d.parked_code is distinct from '${attributesAwaited}' then d.${column} end`;

/**
 * Keeps the newest desired access of each identity in each application, whether a connector serves it yet or not; an
 * older message changes nothing. A newer message releases a parked account, unless it only says more or less of the person.
 */
export function writeDesired(work: Work, messages: readonly PublicMessage<DesiredAccessMessage>[], now: string): void {
  const rows = newestOf(messages, ({ body }) => `${body.application} ${body.identity}`);
  if (rows.length === 0) return;
  work.run(
    `insert into desired as d (application, identity_id, epoch, sequence, message_id, correlation_id, priority, body, decided_at, caused_by, received_at, dirty, next_attempt_at)
     select u.*, $9::timestamptz, true, $9::timestamptz
     from unnest($1::text[], $2::uuid[], $3::int[], $4::int[], $5::uuid[], $6::uuid[], $7::smallint[], $8::jsonb[], $10::timestamptz[], $11::text[]) as u
     on conflict (application, identity_id) do update set epoch = excluded.epoch, sequence = excluded.sequence,
       message_id = excluded.message_id, correlation_id = excluded.correlation_id,
       priority = case when ${restated} and d.dirty then least(d.priority, excluded.priority) else excluded.priority end,
       body = excluded.body, ${unlessRestated('caused_by')}, ${unlessRestated('received_at')},
       decided_at = case when ${restated} then d.decided_at
         when d.body->>'status' = 'leaver' and excluded.body->>'status' = 'leaver' then coalesce(d.decided_at, d.received_at)
         else excluded.decided_at end,
       dirty = case when ${restated} and d.dismissed_code is not null then d.dirty else true end, ${unlessRestated('attempts', '0')},
       next_attempt_at = case when ${restated} and d.attempts > 0 then d.next_attempt_at else excluded.next_attempt_at end,
       ${unlessWaiting('parked_code')}, ${unlessWaiting('parked_detail')}, ${unlessWaiting('parked_at')},
       ${unlessRestated('dismissed_code', 'null')}
     where (excluded.epoch, excluded.sequence) > (d.epoch, d.sequence)`,
    [
      rows.map(({ body }) => body.application),
      rows.map(({ body }) => body.identity),
      rows.map(({ epoch }) => epoch),
      rows.map(({ sequence }) => sequence),
      rows.map(({ id }) => id),
      rows.map(({ correlationId }) => correlationId),
      rows.map(priorityOf),
      rows.map(({ body }) => JSON.stringify(body)),
      now,
      rows.map(({ time }) => time),
      rows.map(causedBy),
    ],
  );
}

/** The outcome of the work on one desired access, for now. Ignored if a newer one has arrived in the meantime. */
export interface Outcome {
  readonly application: string;
  readonly identityId: string;
  readonly epoch: number;
  readonly sequence: number;
  /** The number of other requests when the work began: later requests are still to be done. */
  readonly asked: number;
  /** No difference remains. */
  readonly done: boolean;
  readonly attempts: number;
  /** Instant; null when done, or parked until a person decides. */
  readonly nextAttemptAt: string | null;
  /** `name`: the userName that it waits for. */
  readonly parked: { readonly code: string; readonly detail: string; readonly name?: string } | null;
}

/** SQL: an account for which there was no room, and of which nothing new is known. */
const stillNoRoom = `(d.asked = u.asked and not u.done and u.parked_code is null and d.parked_code = '${noRoom}')`;

/** SQL: since when an account is parked for the same reason. */
const parkedSince = `case when d.asked <> u.asked or u.parked_code is null then null
  when d.parked_code = u.parked_code then d.parked_at else $10::timestamptz end`;

const unlessNoRoom = (column: string, value: string): string =>
  `${column} = case when ${stillNoRoom} then d.${column} else ${value} end`;

/** Stages how the work on many accounts ended. An outcome for desired access that is not the newest is ignored. */
export function writeOutcomes(work: Work, outcomes: readonly Outcome[], now: string): void {
  if (outcomes.length === 0) return;
  const rows = [...outcomes].sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
  work.run(
    `update desired d set dirty = not u.done or d.asked <> u.asked, attempts = case when u.done then 0 else u.attempts end,
       failing_since = case when d.attempts = 0 then $10::timestamptz else coalesce(d.failing_since, $10::timestamptz) end, next_attempt_at = case when d.asked = u.asked then coalesce(u.next_attempt_at, d.next_attempt_at) else d.next_attempt_at end,
       ${unlessNoRoom('parked_code', 'case when d.asked = u.asked then u.parked_code end')},
       ${unlessNoRoom('parked_detail', 'case when d.asked = u.asked then u.parked_detail end')},
       ${unlessNoRoom('parked_cause', 'u.parked_cause')}, ${unlessNoRoom('parked_at', parkedSince)}, wanted_name = u.wanted_name,
       gives_up = case when u.done and d.asked = u.asked then null else d.gives_up end,
       look_again = d.look_again and not (u.done and d.asked = u.asked)
     from unnest($1::text[], $2::uuid[], $3::int[], $4::int[], $5::boolean[], $6::int[], $7::timestamptz[], $8::text[], $9::text[], $11::text[], $12::int[], $13::text[])
       as u(application, identity_id, epoch, sequence, done, attempts, next_attempt_at, parked_code, parked_detail, wanted_name, asked, parked_cause)
     where d.application = u.application and d.identity_id = u.identity_id and d.epoch = u.epoch and d.sequence = u.sequence`,
    [
      rows.map((r) => r.application),
      rows.map((r) => r.identityId),
      rows.map((r) => r.epoch),
      rows.map((r) => r.sequence),
      rows.map((r) => r.done),
      rows.map((r) => r.attempts),
      rows.map((r) => r.nextAttemptAt),
      rows.map((r) => r.parked?.code ?? null),
      rows.map((r) => r.parked?.detail ?? null),
      now,
      rows.map((r) => r.parked?.name ?? null),
      rows.map((r) => r.asked),
      rows.map(({ parked }) => (parked === null ? null : rootCause(parked.code, parked.detail))),
    ],
  );
}

/**
 * Of somebody who left, and of whom governance never desired anything here, nothing is desired: the account is taken away
 * as that of every leaver. Any message of governance is newer.
 */
export function desireNothing(
  work: Work,
  people: readonly Record<'application' | 'identityId' | 'messageId', string>[],
  now: string,
): void {
  if (people.length === 0) return;
  const rows = people.map(({ application, identityId, messageId }) => ({
    application,
    identity_id: identityId,
    message_id: messageId,
    body: leftBody(identityId, application),
  }));
  work.run(
    `insert into desired (application, identity_id, epoch, sequence, message_id, correlation_id, priority, body, received_at, dirty, next_attempt_at)
     select x.application, x.identity_id, 0, 0, x.message_id, x.message_id, 0, x.body, $2::timestamptz, true, $2::timestamptz
     from jsonb_to_recordset($1::jsonb) as x(application text, identity_id uuid, message_id uuid, body jsonb)
     on conflict do nothing`,
    [JSON.stringify(rows), now],
  );
}
