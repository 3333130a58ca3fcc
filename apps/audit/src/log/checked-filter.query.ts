import { Injectable } from '@nestjs/common';
import { contractOf } from '#libs/contracts/registry.js';
import { Database } from '#libs/event-store/database.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import { parseFilter } from '#libs/scim/filter/parse.js';
import { toSql, type Column } from '#libs/scim/filter/to-sql.js';
import { Clock } from '#libs/system/clock.js';
import { filterInput, listCondition } from '#libs/service-kit/input/filter-input.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { UnknownName } from './known-names.query.js';

type Comparison = Extract<Filter, { kind: 'compare' }>;

/** Attributes whose value is a name or an id, with the kind of object that it names. */
const naming: Readonly<Record<string, string>> = {
  identity: 'identity',
  application: 'application',
  subject: 'subject',
  actor: 'actor',
  source: 'source',
  type: 'type',
};
const instants = new Set(['occurredAt', 'recordedAt']);

/** Checks the filter of a question. It refuses names that are not in the log and instants in the future. */
@Injectable()
export class CheckedFilter {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** The condition as `listCondition` makes it. @throws InvalidInput @throws UnknownName */
  async condition(
    filter: string | undefined,
    columns: Readonly<Record<string, Column>>,
    firstParam: number,
  ): Promise<ReturnType<typeof listCondition>> {
    const condition = listCondition(filter, columns, firstParam);
    const comparisons = filter === undefined || filter.trim() === '' ? [] : comparisonsIn(parseFilter(filter));
    for (const comparison of comparisons) {
      this.refuseFutureInstants(comparison);
      await this.refuseUnknownNames(comparison, columns);
    }
    return condition;
  }

  private refuseFutureInstants({ attribute, value }: Comparison): void {
    if (!instants.has(nameOf(attribute)) || typeof value !== 'string') return;
    const now = this.clock.now();
    if (Date.parse(value) > Date.parse(now))
      throw new InvalidInput([
        { pointer: '/filter', detail: `${attribute.text} is compared with an instant in the future; now is ${now}` },
      ]);
  }

  private async refuseUnknownNames(comparison: Comparison, columns: Readonly<Record<string, Column>>): Promise<void> {
    const { attribute, operator, value } = comparison;
    const what = naming[nameOf(attribute)];
    if (what === undefined || typeof value !== 'string' || (operator !== 'eq' && operator !== 'ne')) return;
    // The types in the contracts are known even if no such event has happened yet.
    if (what === 'type' && contractOf(value) !== undefined) return;
    const { sql, params } = filterInput('/filter', () => toSql({ ...comparison, operator: 'eq' }, columns, 1));
    const found = await this.db.query(`select from leaf l where ${sql} limit 1`, params);
    if (found.length === 0) throw new UnknownName(what, value);
  }
}

/** SCIM attribute names are case-insensitive (RFC 7644 §3.4.2.2). */
function nameOf({ names }: Comparison['attribute']): string {
  const name = (names[0] ?? '').toLowerCase();
  return [...Object.keys(naming), ...instants].find((known) => known.toLowerCase() === name) ?? name;
}

function comparisonsIn(filter: Filter): Comparison[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(comparisonsIn);
    case 'not':
    case 'some':
      return comparisonsIn(filter.term);
    case 'compare':
      return [filter];
    case 'present':
      return [];
  }
}
