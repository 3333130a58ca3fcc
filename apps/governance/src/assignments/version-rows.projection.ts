import type { Change } from '#libs/event-store/event-stream.js';
import type { Work } from '#libs/event-store/work.js';
import type { AccessEvent } from './access.events.js';
import type { Access } from './access-state.js';
import type { WithheldVersion } from './version.events.js';

/** One row of table `withheld_version`. */
export interface WithheldVersionRow extends WithheldVersion {
  readonly identityId: string;
  /** The package of the assignment. */
  readonly heldPackage: string;
}

type Changed = Pick<Change<Access, AccessEvent>, 'id' | 'before' | 'after'>;

/** Keeps one row for each released version that does not reach somebody; nothing where nothing of that changes. */
export function writeVersions(changes: readonly Changed[], work: Work, fold: number): void {
  const changed = changes.filter(({ before, after }) => before.withheldVersions !== after.withheldVersions);
  const gone = changed.flatMap(({ before, after }) =>
    before.withheldVersions.filter((one) => !after.withheldVersions.some((other) => isSame(one, other))),
  );
  if (gone.length > 0)
    work.run(
      `delete from withheld_version w using jsonb_to_recordset($1::jsonb) as x("assignmentId" uuid, "packageId" text)
       where w.assignment_id = x."assignmentId" and w.package_id = x."packageId"`,
      [JSON.stringify(gone)],
    );
  const rows = changed.flatMap(withheldVersionRowsOf);
  if (rows.length === 0) return;
  work.run(
    `insert into withheld_version (assignment_id, package_id, identity_id, held_package, version, code, because, withheld_at, fold)
     select x."assignmentId", x."packageId", x."identityId", x."heldPackage", x.version, x.code, x.because, x."withheldAt", ${fold}
     from jsonb_to_recordset($1::jsonb) as x("assignmentId" uuid, "packageId" text, "identityId" uuid, "heldPackage" text,
       version int, code text, because jsonb, "withheldAt" timestamptz)
     on conflict (assignment_id, package_id) do update set version = excluded.version, code = excluded.code,
       because = excluded.because, withheld_at = excluded.withheld_at, fold = excluded.fold`,
    [JSON.stringify(rows)],
  );
}

/** What is withheld from a person now. */
function withheldVersionRowsOf({ id: identityId, after }: Pick<Changed, 'id' | 'after'>): WithheldVersionRow[] {
  return after.withheldVersions.map((one) => {
    const held = after.assignments.find(({ assignmentId }) => assignmentId === one.assignmentId);
    return { ...one, identityId, heldPackage: held?.packageId ?? one.packageId };
  });
}

const isSame = (one: WithheldVersion, other: WithheldVersion): boolean =>
  one.assignmentId === other.assignmentId && one.packageId === other.packageId;
