import { shownPersonSql } from '../accounts/accounts.exports.js';

const person = shownPersonSql('d');

/** SQL: when it was decided that the access of a row of `desired` ends. */
export const decidedAtSql = 'coalesce(d.decided_at, d.received_at)';

const took = `o.fact in ('AccountDisabled', 'AccountDeleted', 'MembershipRemoved', 'RoleRevoked')`;
/** An application may answer with success and do nothing: that is accepted, too. */
const accepted = `(${took} or (o.fact = 'OperationFailed' and o.status between 200 and 299))`;
const ofAccount = `x.kind in ('disable-account', 'delete-account')`;

const part = (kind: string, open: string, verifiedAt: string): string => `jsonb_build_object(
  'verified', count(*) filter (where ${kind} and x.shown_at is not null), 'open', ${open},
  'accepted_at', min(x.accepted_at) filter (where ${kind}), 'verified_at', ${verifiedAt}(x.shown_at) filter (where ${kind}))`;

/** SQL: what goes with the account and is still there, or was taken away unseen. What the connector keeps on purpose is not counted. */
const left = (granted: string, removal: string): string => `case when c.document->>'onDisable' = 'keep' then 0 else
  (select count(*) from jsonb_object_keys(a.state->'granted') k where k like '${granted}:%')
  + (select count(*) from jsonb_object_keys(a.state->'unverified') k where k like '${removal} %') end`;

/**
 * SQL: one row for each leaver and application where something had to end. A removal counts as shown unless it is among the account's
 * removals that are not verified; one that a person confirmed counts from then on. An account that is deleted later ended when it was disabled.
 * @param now parameter that holds the present instant
 * @param agreedSeconds parameter that holds how long a revocation may take
 * @param which further condition on `d`
 */
export const receiptsSql = (now: string, agreedSeconds: string, which = ''): string => `
  select b.*, case when b.verified_at is not null then 'verified' when b.accepted_at is not null then 'accepted' else 'waiting' end as state,
    extract(epoch from b.verified_at - b.decided_at)::float8 as seconds,
    coalesce(b.verified_at, ${now}::timestamptz) > b.decided_at + ${agreedSeconds}::float8 * interval '1 second' as late
  from (
    select d.identity_id, ${person.employeeId} as employee_id,
      ${person.displayName} as display_name, d.application, p.display_name as application_name,
      p.connector_id as connector, a.account_id, ${decidedAtSql} as decided_at,
      (extract(epoch from ${decidedAtSql}) * 1000000)::bigint::text as decided_us, t.accepted_at,
      case when l.account = 0 and l.roles = 0 then greatest(${decidedAtSql}, t.account_at, t.roles_at) end as verified_at,
      t.account, t.memberships, t.roles
    from desired d
    join application p on p.id = d.application
    join account a on a.connector = p.connector_id and a.identity_id = d.identity_id
    left join connector c on c.id = p.connector_id
    cross join lateral (
      select case when a.status = 'active' or a.state->'open'->>'kind' in ('create-account', 'enable-account')
          or (a.state->>'unkept' is not null and a.status <> 'disabled')
          or a.state->'unverified' ?| array['disable-account', 'delete-account'] then 1 else 0 end as account,
        ${left('group', 'remove-member')} as groups, ${left('role', 'revoke-role')} as roles
    ) l
    cross join lateral (
      select count(*) as operations, min(x.accepted_at) filter (where ${ofAccount}) as accepted_at,
        min(x.shown_at) filter (where ${ofAccount}) as account_at, max(x.shown_at) filter (where x.kind = 'revoke-role') as roles_at,
        ${part(ofAccount, 'l.account', 'min')} as account, ${part(`x.kind = 'remove-member'`, 'l.groups', 'max')} as memberships,
        ${part(`x.kind = 'revoke-role'`, 'l.roles', 'max')} as roles
      from (
        select o.operation, o.kind, min(o.at) filter (where ${accepted}) as accepted_at, case when o.operation::text not in (
          select u.value->>'operation' from jsonb_each(a.state->'unverified') u) then max(o.at) filter (where ${took}) end as shown_at
        from operation o
        where o.connector = p.connector_id and o.identity_id = d.identity_id and o.at >= ${decidedAtSql}
          and o.kind in ('disable-account', 'delete-account', 'remove-member', 'revoke-role')
        group by o.operation, o.kind
      ) x
    ) t
    where d.body->>'status' = 'leaver' ${which} and t.operations + l.account + l.groups + l.roles > 0
  ) b`;
