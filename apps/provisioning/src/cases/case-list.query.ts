import { shownPersonSql } from '../accounts/accounts.exports.js';

const list = (codes: readonly string[]): string => codes.map((code) => `'${code}'`).join(', ');

/** Whose account it is, is in question. */
const disputes = [
  'account-of-another',
  'account-of-unknown',
  'duplicate-accounts',
  'several-matches',
  'matched-account-of-another',
];
/** Somebody changed it in the application. */
const drifts = ['inactive', 'group-renamed', 'group-missing'];

/** How long a person has for what is no exposure. */
const dueAfter = `interval '72 hours'`;
/** From when on, and until when, an account that fails again and again is a case. */
const failingAfter = `interval '1 hour'`;
const failingDue = `interval '24 hours'`;

/** An application that is away for a moment is no case. */
const passing = list(['throttled', 'unreachable']);
const connectorDue = `interval '24 hours'`;

const wanted = shownPersonSql('d');
const exposedPerson = shownPersonSql('d', 'e.identity_id');
const taskPerson = shownPersonSql('d', 't.identity_id');
const driftPerson = shownPersonSql('d', 'r.identity_id');
const person = `d.identity_id, ${wanted.employeeId} as employee_id, ${wanted.displayName} as display_name`;
const exposed = `exists (select from exposure e where e.connector = p.connector_id and e.identity_id = d.identity_id and e.closed_at is null
  and e.kind in ('leaver', 'unassigned'))`;
const ofDesired = `from desired d join application p on p.id = d.application
  left join account a on a.connector = p.connector_id and a.identity_id = d.identity_id`;

/**
 * SQL: one row for each thing that waits for a person: exposures, parked accounts, those that fail for more than an hour, tasks that are overdue,
 * and connectors that do not work. What is exposed and parked is one case.
 * @param now parameter that holds the present instant
 */
export const casesSql = (now: string): string => `
  select c.*, (extract(epoch from c.due_at) * 1000000)::bigint::text as due_us, n.assignee, coalesce(n.comments, 0) as comments, n.fold as notes_fold
  from (
    select case when e.kind in ('leaver', 'unassigned') then e.identity_id || '.' || e.connector else e.id::text end as id, 'exposure' as kind,
      coalesce(d.parked_code, e.code) as code, coalesce(d.parked_cause, d.parked_code, e.code) as cause, coalesce(d.parked_detail, '') as words,
      e.identity_id, ${exposedPerson.employeeId} as employee_id, ${exposedPerson.displayName} as display_name, e.application,
      coalesce(p.display_name, e.application) as application_name, coalesce(p.owners::text[], '{}') as owners, e.connector, e.account_id,
      coalesce(d.attempts, 0) as attempts, e.opened_at as since, e.due_at,
      e.id as exposure, e.fold as exposure_fold, null::int as account_fold, null::uuid as task, null::int as task_fold
    from exposure e left join desired d on d.identity_id = e.identity_id and d.application = e.application and e.kind in ('leaver', 'unassigned')
    left join application p on p.id = e.application where e.closed_at is null
    union all
    select d.identity_id || '.' || p.connector_id, case when d.parked_code = 'removal-held' then 'held' when d.parked_code in (${list(disputes)}) then 'dispute'
        when d.parked_code in (${list(drifts)}) then 'drift' else 'parked' end,
      d.parked_code, coalesce(d.parked_cause, d.parked_code), coalesce(d.parked_detail, ''), ${person}, d.application, p.display_name, p.owners::text[],
      p.connector_id, a.account_id, d.attempts, d.parked_at, d.parked_at + ${dueAfter}, null, null, a.fold, null, null
    ${ofDesired} where d.parked_code is not null and not ${exposed}
    union all
    select d.identity_id || '.' || p.connector_id, 'failing', f.code, f.code, '', ${person}, d.application, p.display_name, p.owners::text[],
      p.connector_id, a.account_id, d.attempts, d.failing_since, d.failing_since + ${failingDue}, null, null, a.fold, null, null
    ${ofDesired}
    cross join lateral (
      select o.code from operation o where o.connector = p.connector_id and o.identity_id = d.identity_id and o.fact = 'OperationFailed'
      order by o.version desc limit 1
    ) f
    where d.dirty and d.attempts > 0 and d.parked_code is null and d.failing_since < ${now}::timestamptz - ${failingAfter} and not ${exposed}
    union all
    select md5(o.connector || '/' || o.account_id)::uuid::text, 'dispute', 'ambiguous', 'ambiguous', coalesce(o.why, ''), null, null, null, p.id, p.display_name,
      p.owners::text[], o.connector, o.account_id, 0, o.changed_at, o.changed_at + ${dueAfter}, null, null, null, null, null
    from observed_account o join application p on p.connector_id = o.connector where o.classification = 'ambiguous' and o.missing_since is null
    union all
    select r.id::text, 'drift', r.code, r.code || coalesce(' ' || r.target, ''), coalesce(r.target, ''), r.identity_id, ${driftPerson.employeeId},
      ${driftPerson.displayName}, p.id, p.display_name, p.owners::text[], r.connector, r.account_id, 0, r.found_at, r.found_at + ${dueAfter}, null, null, null, null, null
    from drift r join application p on p.id = r.application left join desired d on d.identity_id = r.identity_id and d.application = r.application
    where r.closed_at is null and r.decided_at is null and r.class in ('changed-outside', 'lost-write') and r.code <> 'inactive'
    union all
    select t.id::text, 'task', 'task-overdue', 'task-overdue ' || t.kind, '', t.identity_id, ${taskPerson.employeeId}, ${taskPerson.displayName}, p.id,
      p.display_name, p.owners::text[], t.connector, t.account_id, 0, t.given_at, t.due_at, null, null, null, t.id, t.fold
    from manual_task t join application p on p.id = t.application
    left join desired d on d.identity_id = t.identity_id and d.application = t.application
    where t.status = 'open' and t.due_at < ${now}::timestamptz and not exists (select from exposure e where e.connector = t.connector
      and e.identity_id = t.identity_id and e.closed_at is null and e.kind in ('leaver', 'unassigned'))
    union all
    select md5('connector/' || h.connector)::uuid::text, 'connector', h.state, h.state, h.detail, null, null, null, p.id, p.display_name, p.owners::text[],
      h.connector, null, 0, h.since, h.since + ${connectorDue}, null, null, null, null, null
    from connector_health h join lateral (
      select * from application one where one.connector_id = h.connector order by one.id limit 1
    ) p on true
    where h.state <> 'working' and (h.state not in (${passing}) or h.since < ${now}::timestamptz - ${failingAfter})
  ) c left join case_notes n on n.id = c.id`;
