import { Injectable } from '@nestjs/common';
import type { Warning } from '#libs/mapping/warnings.js';
import type { Step } from '#libs/mapping/evaluate.js';
import { EvaluationError } from '#libs/mapping/expression.js';
import { compileExpression } from '#libs/mapping/mapping-expression.js';
import { isNothing, leftAsIs } from './mapping.js';
import { mappingOf, type MappingEntry } from './mapping-rules.js';
import { GivenValues } from './given-values.store.js';
import { NewestDesiredRows } from './newest-desired.query.js';
import { awaitedWords, missingSources, neededSources } from './needed-sources.js';
import { outOfScopeBecause, parseScope } from './scope.js';
import { type AccountTerms, mapped, matchingValues } from './goal.js';
import type { MatchingValue } from './match.js';
import { occasionOf } from './occasion.js';

/** What one line of a mapping gives for one person. */
export interface EvaluatedEntry {
  readonly target: string;
  readonly type: MappingEntry['type'] | 'default';
  readonly apply: MappingEntry['apply'];
  readonly strength: MappingEntry['strength'];
  /**
   * `empty`: the attribute is cleared, or not written at creation. `ignored`: it is left as it is. `waiting`: it reads what
   * desired access does not carry yet, and is left as it is until then.
   */
  readonly outcome: 'value' | 'empty' | 'ignored' | 'failed' | 'waiting';
  readonly value: unknown;
  /** Why there is no value, for `failed` and `waiting`. */
  readonly detail: string | null;
  /** For an expression: parts that may do something else than their author expects. */
  readonly warnings: readonly Warning[];
  /** Of an expression, in the order in which they were done. */
  readonly steps: readonly Step[];
}

export interface EvaluatedMapping {
  readonly identity: string;
  readonly application: string;
  /** Attributes that mapping, scope or matching reads, and that desired access does not carry yet. */
  readonly missingFields: readonly string[];
  /** The connector's scope gives this person an account; false also where that is not known yet. */
  readonly inScope: boolean;
  /** The first condition of the scope that the person does not meet; null for none. */
  readonly missedCondition: string | null;
  /** By what an account that is there already is found, in this order. */
  readonly matching: readonly MatchingValue[];
  readonly entries: readonly EvaluatedEntry[];
}

/** Shows what a mapping gives for one person, and writes nothing. */
@Injectable()
export class EvaluateMapping {
  constructor(
    private readonly desired: NewestDesiredRows,
    private readonly given: GivenValues,
  ) {}

  /** Null when the person should have no account of this connector: then nothing is known about them. */
  async of(
    connector: string,
    identityId: string,
    { mapping, mappingDefaults, scope, matching, defaultDomain }: AccountTerms,
  ): Promise<EvaluatedMapping | null> {
    const rows = await this.desired.of(connector, identityId);
    const row = rows.find(({ body }) => body.accounts[0]?.active === true);
    if (row === undefined) return null;
    const traced: { readonly target: string; readonly step: Step }[] = [];
    const trace = (target: string, step: Step): void => void traced.push({ target, step });
    const occasion = occasionOf(row);
    const own = new Map(mapping.map((entry) => [entry.target, entry]));
    const attributes = mapped(row);
    const rules = mappingOf(mapping, mappingDefaults, { trace, defaultDomain });
    const parsed = scope === null ? null : parseScope(scope);
    const missing = missingSources(neededSources(rules, parsed, matching ?? []), row.body);
    const awaited = rules.targetsOf(missing);
    const wanted = rules.unique(attributes, occasion).flatMap(({ candidates }) => candidates);
    const taken = await this.given.ofOthers(identityId, wanted);
    const entries = rules
      .results(attributes, { ...occasion, isFree: (value) => !taken.has(value) })
      .map(({ rule: { target, apply, strength }, found }) => ({
        target,
        type: own.get(target)?.type ?? ('default' as const),
        apply,
        strength,
        ...(awaited.includes(target) ? waitingFor(missing) : outcomeOf(found)),
        warnings: warningsOf(own.get(target)?.expression ?? null),
        steps: traced.filter((one) => one.target === target).map(({ step }) => step),
      }));
    const missed = outOfScopeBecause(parsed, row.body);
    const missedCondition = missed?.condition ?? null;
    return {
      identity: identityId,
      application: row.application,
      missingFields: missing,
      inScope: missed === null,
      missedCondition,
      matching: matchingValues(matching ?? [], row.body),
      entries,
    };
  }
}

function warningsOf(expression: string | null): readonly Warning[] {
  return expression === null ? [] : compileExpression(expression).warnings;
}

const waitingFor = (missing: readonly string[]): Pick<EvaluatedEntry, 'outcome' | 'value' | 'detail'> => ({
  outcome: 'waiting',
  value: null,
  detail: awaitedWords(missing),
});

function outcomeOf(found: unknown): Pick<EvaluatedEntry, 'outcome' | 'value' | 'detail'> {
  if (found instanceof EvaluationError) return { outcome: 'failed', value: null, detail: found.message };
  if (found === leftAsIs) return { outcome: 'ignored', value: null, detail: null };
  const isEmpty = isNothing(found);
  return { outcome: isEmpty ? 'empty' : 'value', value: isEmpty ? null : found, detail: null };
}
