import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { InvalidInput } from '#libs/problems/problem.js';
import { requireMatch } from '#libs/service-kit/input/etag.js';
import { type NamedPerson } from '../names/names.exports.js';
import { Violations } from '../people/people.exports.js';
import type { SeparationRule, Titled } from '../policy/policy.exports.js';
import { Catalog } from './catalog.query.js';
import { separationProblems } from './separation-rules.js';

/** Who would violate a rule of separation of duties: nothing of it is done. */
export interface SeparationDryRun {
  readonly dryRun: true;
  /** Of the rule as it stands; 0 while there is none. */
  readonly version: number;
  /** How many people would violate it. */
  readonly violations: number;
  /** The first 500 of them, by their ids. */
  readonly people: readonly ViolatingPerson[];
  /** Those who are not in `people`. */
  readonly more: number;
}

/** With what somebody has of both sides. */
export type ViolatingPerson = NamedPerson & { readonly packages: readonly Titled[]; readonly excepted: boolean };

/** Who would violate a rule if it were defined so. Refused as the definition would be. */
export class ForeseeViolations extends Query<SeparationDryRun> {
  constructor(
    readonly definition: {
      readonly id: string;
      readonly document: SeparationRule;
      readonly ifMatch: string | undefined;
    },
  ) {
    super();
  }
}

@QueryHandler(ForeseeViolations)
export class ForeseeViolationsHandler implements IQueryHandler<ForeseeViolations> {
  constructor(
    private readonly catalog: Catalog,
    private readonly violations: Violations,
  ) {}

  async execute({ definition: { id, document, ifMatch } }: ForeseeViolations): Promise<SeparationDryRun> {
    const catalog = await this.catalog.current();
    const problems = separationProblems(document, catalog);
    if (problems.length > 0) throw new InvalidInput(problems);
    const version = catalog.documentOf('separation-rule', id)?.version ?? 0;
    requireMatch(ifMatch, version);
    const { count, people } = await this.violations.of({ id, document }, catalog);
    return {
      dryRun: true,
      version,
      violations: count,
      people: people.map(({ person, packages, excepted }) => ({
        ...person,
        packages: packages.map((one) => catalog.titleOf('access-package', one)),
        excepted,
      })),
      more: count - people.length,
    };
  }
}
