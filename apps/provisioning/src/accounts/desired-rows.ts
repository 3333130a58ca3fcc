import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import type { Work } from '#libs/event-store/work.js';

/** Channel for changes of desired access and for retries: workers look for due accounts. */
export const desiredChannel = 'provisioning.desired';

/** 0: somebody must lose access; 1: somebody waits for it; 2: part of a large piece of work, such as a file of people. */
export type Priority = 0 | 1 | 2;

function priorityOf({ body, bulk }: PublicMessage<DesiredAccessMessage>): Priority {
  if (body.status === 'leaver' || body.accounts[0]?.active !== true) return 0;
  return bulk === true ? 2 : 1;
}

/** Other credentials may have the missing right: accounts that were parked for it are due again. */
export function releaseForbidden(work: Work, applications: readonly string[]): void {
  work.run(
    `update desired set parked_code = null, parked_detail = null, parked_at = null, attempts = 0
     where application = any($1::text[]) and dirty and parked_code = 'forbidden'`,
    [applications],
  );
}

/**
 * Keeps the newest desired access of each identity in each application, whether a connector serves it yet or not; an
 * older message changes nothing. A newer message releases a parked account.
 */
export function writeDesired(work: Work, messages: readonly PublicMessage<DesiredAccessMessage>[], now: string): void {
  const rows = newestOf(messages, ({ body }) => `${body.application} ${body.identity}`);
  if (rows.length === 0) return;
  work.run(
    `insert into desired as d (application, identity_id, epoch, sequence, message_id, correlation_id, priority, body, received_at, dirty, next_attempt_at)
     select u.*, $9::timestamptz, true, $9::timestamptz
     from unnest($1::text[], $2::uuid[], $3::int[], $4::int[], $5::uuid[], $6::uuid[], $7::smallint[], $8::jsonb[]) as u
     on conflict (application, identity_id) do update set epoch = excluded.epoch, sequence = excluded.sequence,
       message_id = excluded.message_id, correlation_id = excluded.correlation_id, priority = excluded.priority,
       body = excluded.body, received_at = excluded.received_at, dirty = true, attempts = 0,
       next_attempt_at = excluded.next_attempt_at, parked_code = null, parked_detail = null, parked_at = null, dismissed_code = null
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
    ],
  );
}
