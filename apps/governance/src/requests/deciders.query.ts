import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import type { ApprovalStage } from '#libs/contracts/catalog.js';
import type { IdentityStatus } from '../identities/identities.exports.js';
import type { Person } from '../people/people.exports.js';
import { packageMeantBy, type CatalogSnapshot } from '../policy/policy.exports.js';
import type { PeopleWhoDecide } from './approvers.js';

/** A request whose deciders are asked for. */
export interface DecisionNeeded {
  readonly beneficiary: Person;
  readonly stages: readonly ApprovalStage[];
  readonly applications: readonly string[];
  /** People besides those whom the stages name. */
  readonly others: readonly string[];
}

/** People who may decide, as they are now. */
export interface Deciders extends PeopleWhoDecide {
  /** People who have delegated their decisions to this person now. */
  delegatorsOf(identityId: string): readonly string[];
  /** For the check that what was read has not changed; empty for an unknown person. */
  readAs(identityId: string): readonly { readonly identity: { readonly id: string; readonly version: number } }[];
}

interface PersonRow {
  readonly id: string;
  readonly status: IdentityStatus;
  readonly manager_id: string | null;
  readonly version: number;
  readonly delegates: readonly string[];
  readonly delegators: readonly string[];
}

/** Holders of a package that are asked to decide, at most. */
const maxHolders = 200;
/** Managers above a person that are looked at, at most. */
const maxLevels = 30;

/** Loads what is known of the people who may decide: three queries, whatever the number of requests. */
@Injectable()
export class LoadDeciders {
  constructor(private readonly db: Database) {}

  async for(needed: readonly DecisionNeeded[], catalog: CatalogSnapshot, at: string): Promise<Deciders> {
    const specified = needed.flatMap(({ stages }) =>
      stages.flatMap(({ approvers, escalateTo = [] }) => [...approvers, ...escalateTo]),
    );
    const owners = needed.flatMap(({ applications }) => [...catalog.owners.of(applications)]);
    const packages = [...specified, ...owners].flatMap((one) => packageMeantBy(one) ?? []);
    const holders = await this.holdersOf([...new Set(packages)]);
    const users = specified.filter((one) => one.startsWith('user:')).map((one) => one.slice('user:'.length));
    const rows = await this.people(
      [
        ...users,
        ...[...holders.values()].flat(),
        ...needed.flatMap(({ others }) => others),
        ...needed.flatMap(({ beneficiary: { identity } }) => identity.id),
        ...owners.filter((one) => packageMeantBy(one) === null),
      ],
      at,
    );
    const people = new Map(rows.map((row) => [row.id, row]));
    return {
      statusOf: (id) => people.get(id)?.status ?? null,
      managerOf: (id) => people.get(id)?.manager_id ?? null,
      holdersOf: (packageId) => holders.get(packageId) ?? [],
      hasDelegate: (id) => (people.get(id)?.delegates.length ?? 0) > 0,
      delegatorsOf: (id) => people.get(id)?.delegators ?? [],
      readAs: (id) => {
        const row = people.get(id);
        return row === undefined ? [] : [{ identity: { id, version: row.version } }];
      },
    };
  }

  private async holdersOf(packages: readonly string[]): Promise<Map<string, string[]>> {
    if (packages.length === 0) return new Map();
    const rows = await this.db.query<{ package_id: string; identity_id: string }>(
      `select p.id as package_id, a.identity_id from unnest($1::text[]) as p(id), lateral (
         select identity_id from assignment where package_id = p.id and status = 'active' order by id limit ${maxHolders}) a`,
      [packages],
    );
    const byPackage = Map.groupBy(rows, ({ package_id }) => package_id);
    return new Map([...byPackage].map(([id, held]) => [id, held.map(({ identity_id }) => identity_id)]));
  }

  /** These people and everybody above them. A delegate who is not active decides for nobody. */
  private async people(ids: readonly string[], at: string): Promise<PersonRow[]> {
    return await this.db.query<PersonRow & Record<string, unknown>>(
      `with recursive up as (
         select unnest($1::uuid[]) as id, 0 as level
         union select i.manager_id, up.level + 1 from up join identity i on i.id = up.id
           where i.manager_id is not null and up.level < ${maxLevels}
       ), d as (
         select d.delegator_id, d.delegate_id from delegation d join identity i on i.id = d.delegate_id and i.status = 'active'
         where d.ended_at is null and d.from_at <= $2::timestamptz and d.until_at > $2::timestamptz)
       select i.id, i.status, i.manager_id, i.version,
         array(select delegate_id from d where d.delegator_id = i.id) as delegates,
         array(select delegator_id from d where d.delegate_id = i.id) as delegators
       from identity i where i.id in (select id from up)`,
      [[...new Set(ids)], at],
    );
  }
}
