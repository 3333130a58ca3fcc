import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { Person } from '../people/people.exports.js';
import { AccessRequests } from '../requests/requests.exports.js';
import type { CatalogSnapshot } from '../policy/policy.exports.js';

/** Finds who approves, or approved, what somebody has or asks for of one rule. */
@Injectable()
export class StageApprovers {
  constructor(
    private readonly db: Database,
    private readonly requests: AccessRequests,
  ) {}

  async of(rule: string, { identity, access }: Person, { separation }: CatalogSnapshot): Promise<Set<string>> {
    const concerned = (packageId: string): boolean => separation.names(rule, packageId);
    const rows = await this.db.query<{ id: string; package_id: string }>(
      `select id, package_id from request where beneficiary_id = $1::uuid and status = 'pending'`,
      [identity.id],
    );
    const open = rows.filter(({ package_id }) => concerned(package_id)).map(({ id }) => id);
    const asked = [...(await this.requests.loadMany(open)).values()].flatMap(({ state }) =>
      'decisions' in state
        ? [...(state.approverIds ?? []), ...state.decisions.map(({ approverId }) => approverId)]
        : [],
    );
    const approved = access.state.assignments
      .filter(({ packageId }) => concerned(packageId))
      .flatMap(({ cause }) => (cause.type === 'request' ? cause.approvers : []));
    return new Set([...asked, ...approved]);
  }
}
