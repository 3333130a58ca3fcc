import type { Change } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import type { AccessEvent } from './access.events.js';
import type { Access } from './access-state.js';
import type { BirthrightExclusion, ExclusionEndCode, WithheldBirthright } from './birthright.events.js';

/** One row of table `birthright_exclusion`. */
export interface ExclusionRow extends BirthrightExclusion {
  readonly excludedAt: string | null;
  /** Null while it lasts. */
  readonly endedAt: string | null;
  readonly code: ExclusionEndCode | null;
  readonly reason: string | null;
}

/** One row of table `birthright_withheld`; `endedAt` is null while it is withheld. */
export type WithheldRow = WithheldBirthright & { readonly endedAt: string | null };

/** Stands for a reason that an earlier fact than these told: a row that is there keeps it. */
const toldBefore = '';

type Changed = Pick<Change<Access, AccessEvent>, 'facts'>;

/** Writes the exclusions and withheld birthrights of which these changes tell; nothing where they tell of none. */
export function writeBirthrights(changes: readonly Changed[], work: Work, fold: number): void {
  const exclusions = changes.flatMap(exclusionRowsOf);
  if (exclusions.length > 0) writeExclusions(exclusions, work, fold);
  const withheld = changes.flatMap(withheldRowsOf);
  if (withheld.length > 0) writeWithheld(withheld, work, fold);
}

function writeExclusions(rows: readonly ExclusionRow[], work: Work, fold: number): void {
  work.run(
    `insert into birthright_exclusion as e (id, identity_id, package_id, excluded_by, excluded_at, until, ended_at, code, reason, fold)
     select x."exclusionId", x."identityId", x."packageId", x."excludedBy", x."excludedAt", x.until, x."endedAt", x.code, x.reason, ${fold}
     from jsonb_to_recordset($1::jsonb) as x("exclusionId" uuid, "identityId" uuid, "packageId" text, "excludedBy" uuid,
       "excludedAt" timestamptz, until timestamptz, "endedAt" timestamptz, code text, reason text)
     on conflict (id) do update set ended_at = excluded.ended_at, code = excluded.code, fold = excluded.fold,
       excluded_at = coalesce(excluded.excluded_at, e.excluded_at),
       reason = case when excluded.reason = '${toldBefore}' then e.reason else excluded.reason end`,
    [JSON.stringify(rows)],
  );
}

function writeWithheld(rows: readonly WithheldRow[], work: Work, fold: number): void {
  work.run(
    `insert into birthright_withheld as w (id, identity_id, package_id, rule, because, withheld_at, ended_at, fold)
     select x."withheldId", x."identityId", x."packageId", x.rule, x.because, x."withheldAt", x."endedAt", ${fold}
     from jsonb_to_recordset($1::jsonb) as x("withheldId" uuid, "identityId" uuid, "packageId" text, rule text,
       because jsonb, "withheldAt" timestamptz, "endedAt" timestamptz)
     on conflict (id) do update set rule = excluded.rule, because = excluded.because, ended_at = excluded.ended_at,
       fold = excluded.fold`,
    [JSON.stringify(rows)],
  );
}

/** Each exclusion as these facts say: with its beginning, its end, or both. */
function exclusionRowsOf({ facts }: Changed): ExclusionRow[] {
  const rows = new Map<string, ExclusionRow>();
  for (const fact of facts)
    if (fact.type === 'BirthrightExcluded') {
      const reason = fact.personal.reason.fields?.reason ?? null;
      rows.set(fact.data.exclusionId, { ...fact.data, reason, endedAt: null, code: null });
    } else if (fact.type === 'BirthrightExclusionEnded') {
      const begun = rows.get(fact.data.exclusionId) ?? { excludedAt: null, reason: toldBefore };
      rows.set(fact.data.exclusionId, { ...begun, ...fact.data });
    }
  return [...rows.values()];
}

/** Each withheld birthright as the newest of these facts says. */
function withheldRowsOf({ facts }: Changed): WithheldRow[] {
  const rows = new Map<string, WithheldRow>();
  for (const { type, data } of facts)
    if (type === 'BirthrightWithheld') rows.set(data.withheldId, { ...data, endedAt: null });
    else if (type === 'BirthrightWithholdingEnded') rows.set(data.withheldId, data);
  return [...rows.values()];
}
