import type { Database } from '#libs/event-store/database.js';
import type { Work } from '#libs/event-store/work.js';
import { removalHeld } from './removal-cause.js';
import { nameTakenCode } from './shared-name.js';

/** Other credentials may have the missing right: accounts that were parked for it are due again. */
export function releaseForbidden(work: Work, applications: readonly string[]): void {
  work.run(
    `update desired set parked_code = null, parked_detail = null, parked_at = null, attempts = 0
     where application = any($1::text[]) and dirty and parked_code = 'forbidden'`,
    [applications],
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

/** People and the application in which something is to be done for them. */
type Concerned = Record<'application' | 'identityId', string>;

/** In order of identities: two works that touch the same accounts do not wait for each other in a circle. */
function columnsOf(rows: readonly Concerned[]): [applications: string[], identities: string[]] {
  const sorted = [...rows].sort((one, other) => (one.identityId < other.identityId ? -1 : 1));
  return [sorted.map(({ application }) => application), sorted.map(({ identityId }) => identityId)];
}

/** These accounts differ from what they should be: they are due again, also where a person dismissed them. */
export function makeDue(work: Work, rows: readonly Concerned[], now: string): void {
  if (rows.length === 0) return;
  work.run(
    `update desired d set dirty = true, asked = d.asked + 1, attempts = 0, next_attempt_at = $3::timestamptz, ${released}, dismissed_code = null
     from unnest($1::text[], $2::uuid[]) as u(application, identity_id)
     where d.application = u.application and d.identity_id = u.identity_id`,
    [...columnsOf(rows), now],
  );
}

/** These accounts wait for a person. */
export function park(
  work: Work,
  rows: readonly Concerned[],
  parked: { readonly code: string; readonly detail: string; readonly at: string },
): void {
  if (rows.length === 0) return;
  work.run(
    `update desired d set dirty = true, parked_code = $3, parked_cause = $3, parked_detail = $4, parked_at = $5::timestamptz
     from unnest($1::text[], $2::uuid[]) as u(application, identity_id)
     where d.application = u.application and d.identity_id = u.identity_id`,
    [...columnsOf(rows), parked.code, parked.detail, parked.at],
  );
}

/** An account that somebody disabled in the application stays so until something else is desired. */
export function leaveDisabled(work: Work, { application, identityId }: Concerned): void {
  work.run(
    `update desired set dirty = false, ${released}, dismissed_code = 'inactive'
     where application = $1 and identity_id = $2::uuid and parked_code = 'inactive'`,
    [application, identityId],
  );
}

/** Held removals of these people are due, and count as decided by a person: the limit does not hold them again. */
export function releaseHeld(work: Work, connector: string, identities: readonly string[], now: string): void {
  work.run(
    `update desired d set caused_by = 'person', ${released}, attempts = 0, dirty = true, next_attempt_at = $4::timestamptz
     from application p
     where p.connector_id = $1 and d.application = p.id and d.parked_code = $2 and d.identity_id = any($3::uuid[])`,
    [connector, removalHeld, identities, now],
  );
}
