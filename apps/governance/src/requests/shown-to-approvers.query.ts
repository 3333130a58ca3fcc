import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { attributesOf } from '../identities/identities.exports.js';
import type { Person } from '../people/people.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';
import type { RequestTerms, Shown } from './access-request.events.js';

/** Earlier requests that are shown, at most. */
const maxFormer = 20;

/** What approvers see beside the terms of a request. It is stored with their decisions. */
@Injectable()
export class ShownToApprovers {
  constructor(private readonly db: Database) {}

  async of(request: RequestTerms, beneficiary: Person, catalog: CatalogSnapshot): Promise<Shown> {
    const [peers, formerDecisions] = await Promise.all([this.peersOf(request, beneficiary), this.former(request)]);
    const held = [...new Set(beneficiary.access.state.assignments.map(({ packageId }) => packageId))].sort();
    const conflicts = catalog
      .separationFor(beneficiary.access.state.assignments)
      .among([...held, request.packageId])
      .filter(({ packages }) => packages.includes(request.packageId))
      .map(({ rule, packages }) => ({ rule, packages }));
    return { held, conflicts, peers, formerDecisions };
  }

  /** Others of the same department and job. */
  private async peersOf(
    { packageId, beneficiaryId }: RequestTerms,
    { identity: { state } }: Person,
  ): Promise<Shown['peers']> {
    const { department = null, jobTitle = null } = (state.status === 'absent' ? null : attributesOf(state)) ?? {};
    if (department === null && jobTitle === null) return null;
    const [row] = await this.db.query<{ people: number; holders: number }>(
      `select count(*)::int as people, count(*) filter (where exists (
           select 1 from assignment a where a.identity_id = i.id and a.package_id = $4 and a.status = 'active'))::int as holders
       from identity i where i.status <> 'inactive' and i.id <> $3::uuid
         and coalesce(i.attributes ->> 'department', '') = coalesce($1::text, '')
         and coalesce(i.attributes ->> 'jobTitle', '') = coalesce($2::text, '')`,
      [department, jobTitle, beneficiaryId, packageId],
    );
    return row ?? null;
  }

  private async former({ requestId, beneficiaryId, packageId }: RequestTerms): Promise<Shown['formerDecisions']> {
    return await this.db.query<{ request: string; status: string }>(
      `select id as request, status from request where beneficiary_id = $1::uuid and package_id = $2 and id <> $3::uuid
       order by id desc limit ${maxFormer}`,
      [beneficiaryId, packageId, requestId],
    );
  }
}
