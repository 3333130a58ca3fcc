import type { Change } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import type { AccessEvent } from './access.events.js';
import type { Access } from './access-state.js';
import type { ExceptionEndCode, SeparationException, SeparationFinding } from './separation.events.js';

/** One row of table `separation_exception`. */
export interface ExceptionRow extends SeparationException {
  readonly grantedAt: string;
  /** Null while it lasts. */
  readonly endedAt: string | null;
  readonly code: ExceptionEndCode | null;
  readonly mitigation: string | null;
}

/** One row of table `separation_finding`. */
export interface FindingRow extends Omit<SeparationFinding, 'status'> {
  readonly status: SeparationFinding['status'] | 'solved';
  readonly solvedAt: string | null;
}

/** Stands for a mitigation that an earlier fact than these told: a row that is there keeps it. */
const toldBefore = '';

type Changed = Pick<Change<Access, AccessEvent>, 'facts'>;

/** Writes the exceptions and findings of which these changes tell; nothing where they tell of none. */
export function writeSeparation(changes: readonly Changed[], work: Work, fold: number): void {
  const exceptions = changes.flatMap(exceptionRowsOf);
  if (exceptions.length > 0) writeExceptions(exceptions, work, fold);
  const findings = changes.flatMap(findingRowsOf);
  if (findings.length > 0) writeFindings(findings, work, fold);
}

function writeExceptions(rows: readonly object[], work: Work, fold: number): void {
  work.run(
    `insert into separation_exception as e (id, identity_id, rule, granted_by, granted_at, until, ended_at, code, mitigation, fold)
     select x."exceptionId", x."identityId", x.rule, x."grantedBy", x."grantedAt", x.until, x."endedAt", x.code, x.mitigation, ${fold}
     from jsonb_to_recordset($1::jsonb) as x("exceptionId" uuid, "identityId" uuid, rule text, "grantedBy" uuid,
       "grantedAt" timestamptz, until timestamptz, "endedAt" timestamptz, code text, mitigation text)
     on conflict (id) do update set ended_at = excluded.ended_at, code = excluded.code, fold = excluded.fold,
       granted_at = coalesce(excluded.granted_at, e.granted_at),
       mitigation = case when excluded.mitigation = '${toldBefore}' then e.mitigation else excluded.mitigation end`,
    [JSON.stringify(rows)],
  );
}

function writeFindings(rows: readonly FindingRow[], work: Work, fold: number): void {
  work.run(
    `insert into separation_finding as f (id, identity_id, rule, packages, status, found_at, due_at, solved_at, fold)
     select x."findingId", x."identityId", x.rule, array(select jsonb_array_elements_text(x.packages)), x.status, x."foundAt",
       x."dueAt", x."solvedAt", ${fold}
     from jsonb_to_recordset($1::jsonb) as x("findingId" uuid, "identityId" uuid, rule text, packages jsonb, status text,
       "foundAt" timestamptz, "dueAt" timestamptz, "solvedAt" timestamptz)
     on conflict (id) do update set packages = excluded.packages, status = excluded.status, due_at = excluded.due_at,
       solved_at = excluded.solved_at, fold = excluded.fold`,
    [JSON.stringify(rows)],
  );
}

/** Each finding as the newest of these facts says. */
function findingRowsOf({ facts }: Changed): FindingRow[] {
  const newest = new Map<string, FindingRow>();
  for (const { type, data } of facts)
    if (type === 'SeparationFindingStated') newest.set(data.findingId, { ...data, solvedAt: null });
    else if (type === 'SeparationFindingSolved') newest.set(data.findingId, { ...data, status: 'solved' });
  return [...newest.values()];
}

type ChangedException = Omit<ExceptionRow, 'grantedAt'> & Partial<Pick<ExceptionRow, 'grantedAt'>>;

/** Each exception as the newest of these facts says; where they do not begin with its grant, the rest of its row is there. */
function exceptionRowsOf({ facts }: Changed): ChangedException[] {
  const newest = new Map<string, ChangedException>();
  for (const fact of facts) {
    const row = exceptionIn(fact);
    if (row !== null) newest.set(row.exceptionId, { ...row, ...toldIn(newest.get(row.exceptionId)) });
  }
  return [...newest.values()];
}

function exceptionIn(fact: AccessEvent): ChangedException | null {
  switch (fact.type) {
    case 'SeparationExceptionGranted': {
      const mitigation = fact.personal.exception.fields?.mitigation ?? null;
      return { ...fact.data, mitigation, endedAt: null, code: null };
    }
    case 'SeparationExceptionEnded':
      return { ...fact.data, mitigation: toldBefore };
    case 'SeparationExceptionRestored':
      return { ...fact.data, mitigation: toldBefore, endedAt: null, code: null };
    default:
      return null;
  }
}

/** What only the grant tells. */
const toldIn = (row: ChangedException | undefined): Partial<ChangedException> =>
  row?.grantedAt === undefined ? {} : { grantedAt: row.grantedAt, mitigation: row.mitigation };
