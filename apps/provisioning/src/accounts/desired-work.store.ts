import type { DesiredAccessMessage } from '#libs/contracts/desired-access.js';
import type { PublicMessage } from '#libs/event-bus/message.js';
import { newestOf } from '#libs/event-bus/newest-of.js';
import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { causedBy } from './removal-cause.js';
import { rootCause } from './root-cause.js';
import { nameTakenCode } from './shared-name.js';

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
       ${unlessRestated('parked_code', 'null')}, ${unlessRestated('parked_detail', 'null')}, ${unlessRestated('parked_at', 'null')},
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
  /** Instant; null when done or parked. */
  readonly nextAttemptAt: string | null;
  /** `name`: the userName that it waits for. */
  readonly parked: { readonly code: string; readonly detail: string; readonly name?: string } | null;
}

/** Stages how the work on many accounts ended. An outcome for desired access that is not the newest is ignored. */
export function writeOutcomes(work: Work, outcomes: readonly Outcome[], now: string): void {
  if (outcomes.length === 0) return;
  const rows = [...outcomes].sort((a, b) => (a.identityId < b.identityId ? -1 : 1));
  work.run(
    `update desired d set dirty = not u.done or d.asked <> u.asked, attempts = case when u.done then 0 else u.attempts end,
       failing_since = case when d.attempts = 0 then $10::timestamptz else coalesce(d.failing_since, $10::timestamptz) end, next_attempt_at = case when d.asked = u.asked then coalesce(u.next_attempt_at, d.next_attempt_at) else d.next_attempt_at end,
       parked_code = case when d.asked = u.asked then u.parked_code end, parked_cause = u.parked_cause, parked_detail = case when d.asked = u.asked then u.parked_detail end,
       parked_at = case when d.asked = u.asked and u.parked_code is not null then $10::timestamptz end, wanted_name = u.wanted_name,
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

/** A released account is due again, and the reason for which it was parked is removed. */
const released = 'parked_code = null, parked_detail = null, parked_at = null';

/** A person's decision about a parked account. */
export interface ParkedDecision {
  readonly application: string;
  readonly identityId: string;
  readonly retry: boolean;
  /** The code that a person left as it is; null for a retry. */
  readonly dismissedCode: string | null;
  readonly at: string;
}

/** The parked account of somebody in the application of a connector; null for none. */
export async function parkedOf(
  db: Database,
  connector: string,
  identityId: string,
): Promise<{ readonly application: string; readonly code: string } | null> {
  const [row] = await db.query<{ application: string; code: string }>(
    `select d.application, d.parked_code as code from desired d join application p on p.id = d.application
     where p.connector_id = $1 and d.identity_id = $2 and d.parked_code is not null`,
    [connector, identityId],
  );
  return row ?? null;
}

export function resolveParked(work: Work, decision: ParkedDecision): void {
  const { application, identityId, retry, dismissedCode, at } = decision;
  work.run(
    `update desired set ${released}, attempts = 0, dirty = $3, next_attempt_at = $4::timestamptz, dismissed_code = $5
     where application = $1 and identity_id = $2`,
    [application, identityId, retry, at, dismissedCode],
  );
}

/** What an account waits for has happened: it is due at once, also where its work is about to end with another time. */
export function wakeAccount(
  work: Work,
  { application, identityId, at }: Record<'application' | 'identityId' | 'at', string>,
): void {
  work.run(
    `update desired set asked = asked + 1, next_attempt_at = $3::timestamptz
     where application = $1 and identity_id = $2::uuid and dirty and parked_code is null`,
    [application, identityId, at],
  );
}

/** Accounts that are parked for one of these codes are due again. */
export async function releaseParked(
  db: Database,
  { applications, identities, codes }: Record<'applications' | 'identities' | 'codes', readonly string[]>,
  now: string,
): Promise<void> {
  await db.query(
    `update desired set ${released}, next_attempt_at = $3::timestamptz
     where application = any($1::text[]) and identity_id = any($2::uuid[]) and dirty
       and (parked_code is null or parked_code = any($4::text[]))`,
    [applications, identities, now, codes],
  );
}

/** Makes an account that nobody may use give up its name; false if it does already, or may be used. */
export async function askToGiveUp(
  db: Database,
  { connector, name, identityId }: Record<'connector' | 'name' | 'identityId', string>,
  now: string,
): Promise<boolean> {
  const asked = await db.query(
    `update desired d set gives_up = lower($2), asked = d.asked + 1, dirty = true, attempts = 0, next_attempt_at = $4::timestamptz, ${released}
     from application p
     where p.id = d.application and p.connector_id = $1 and d.identity_id = $3::uuid and d.gives_up is distinct from lower($2)
       and d.dismissed_code is null and coalesce(d.body->'accounts'->0->>'active', 'false') = 'false'
     returning d.identity_id`,
    [connector, name, identityId, now],
  );
  return asked.length > 0;
}

/** Accounts that wait for a name are due again where no account has it any more, or the person of its holder changed. */
export async function releaseFreeNames(db: Database, connector: string, now: string): Promise<number> {
  const rows = await db.query(
    `update desired d set ${released}, attempts = 0, next_attempt_at = $2::timestamptz
     from application p
     where p.connector_id = $1 and d.application = p.id and d.parked_code = '${nameTakenCode}' and not exists (
       select from account a left join desired o on o.identity_id = a.identity_id and o.application = a.application
       where a.connector = $1 and lower(a.user_name) = lower(d.wanted_name) and a.identity_id <> d.identity_id
         and a.account_id is not null and (o.received_at is null or o.received_at <= d.parked_at)
     ) returning d.identity_id`,
    [connector, now],
  );
  return rows.length;
}

/** One account that waits for a name is due again. */
export async function releaseName(
  db: Database,
  { application, identityId }: Record<'application' | 'identityId', string>,
  now: string,
): Promise<void> {
  await db.query(
    `update desired set ${released}, attempts = 0, next_attempt_at = $3::timestamptz
     where application = $1 and identity_id = $2::uuid and parked_code = '${nameTakenCode}'`,
    [application, identityId, now],
  );
}

/**
 * Makes the members of a group that the hub added due again. Parameters: connector, group, instant.
 * @param codes everybody of the connector who is parked for one of these is due again, too
 */
export const reopenMembersSql = (
  ...codes: readonly ('group-renamed' | 'group-missing')[]
): string => `update desired d set dirty = true, attempts = 0, next_attempt_at = $3::timestamptz,
    priority = case d.priority when 0 then 0 else 2 end, ${released}, dismissed_code = null
  from application p
  where p.connector_id = $1 and d.application = p.id and ((not d.dirty and exists (
      select from account a where a.connector = $1 and a.identity_id = d.identity_id and a.state->'granted' ? ('group:' || $2)
    ))${codes.length === 0 ? '' : ` or d.parked_code in (${codes.map((code) => `'${code}'`).join(', ')})`})`;

/**
 * Accounts of people who should have none, and that count as gone or were never created, are looked up again. Parameters: connector, instant.
 * @param which a further condition, of the account `a`
 */
export const lookAgainSql = (which: string): string =>
  `update desired d set look_again = true, asked = d.asked + 1, dirty = true, attempts = 0, next_attempt_at = $2::timestamptz, ${released}
   from application p, account a
   where p.connector_id = $1 and d.application = p.id and a.connector = $1 and a.identity_id = d.identity_id
     and a.application = d.application and a.account_id is null and a.status in ('deleted', 'absent')
     and coalesce(d.body->'accounts'->0->>'active', 'false') = 'false' ${which}`;

/** Makes a page of identities due again, after all other work; `page` names them. Parameters: $1 application, $4 instant. */
export const reapplySql = `update desired d set dirty = true, attempts = 0, next_attempt_at = $4::timestamptz,
    priority = case d.priority when 0 then 0 else 2 end, ${released}, dismissed_code = null
  from page where d.application = $1 and d.identity_id = page.identity_id and (not d.dirty or d.parked_code is not null)`;
