import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { packageMeantBy, stagesOf, type AccessPackage } from '../policy/policy.exports.js';

const user = 'user:';

type NamesPeople = Pick<AccessPackage, 'approval' | 'owners' | 'review'>;

/** Says which people that a package names are not known. */
@Injectable()
export class KnownPeople {
  constructor(private readonly db: Database) {}

  /** @throws InvalidInput for approvers, reviewers and owners that are no known identity */
  async refuseUnknown(document: NamesPeople): Promise<void> {
    const named = namedPeople(document);
    if (named.length === 0) return;
    const rows = await this.db.query<{ id: string }>(`select id from identity where id = any($1::uuid[])`, [
      named.map(({ id }) => id),
    ]);
    const known = new Set(rows.map(({ id }) => id));
    const problems = named.flatMap(({ id, pointer }): ProblemError[] =>
      known.has(id) ? [] : [{ pointer, detail: 'names no known identity: give the id of an identity' }],
    );
    if (problems.length > 0) throw new InvalidInput(problems);
  }
}

function namedPeople({ approval, owners, review }: NamesPeople): { readonly id: string; readonly pointer: string }[] {
  const asked = stagesOf(approval).flatMap((stage, index) =>
    (['approvers', 'escalateTo'] as const).flatMap((field) =>
      usersIn(stage[field] ?? [], `/approval/stages/${index}/${field}`),
    ),
  );
  const owning = owners.flatMap((id, index) =>
    packageMeantBy(id) === null ? [{ id, pointer: `/owners/${index}` }] : [],
  );
  return [...asked, ...usersIn(review?.reviewers ?? [], '/review/reviewers'), ...owning];
}

const usersIn = (named: readonly string[], pointer: string): { readonly id: string; readonly pointer: string }[] =>
  named.flatMap((one, place) =>
    one.startsWith(user) ? [{ id: one.slice(user.length), pointer: `${pointer}/${place}` }] : [],
  );
