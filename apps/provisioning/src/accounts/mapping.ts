import { EvaluationError } from '#libs/mapping/expression.js';
import type { Attributes } from './account.events.js';

/** What a mapping is applied for. The same occasion gives the same values, now and when it is replayed. */
export interface Occasion {
  /** Of the newest desired access. */
  readonly now: string;
  readonly seed: string;
}

/** The target is left as it is. */
export const leftAsIs = Symbol('left as it is');

/** One line of a connector's mapping, ready to be applied. */
export interface MappingRule {
  readonly target: string;
  readonly apply: 'always' | 'create-only';
  /** Attributes of the identity that the value is made of. */
  readonly sources: readonly string[];
  /**
   * The value from the identity's attributes; undefined or null when there is none.
   * @throws EvaluationError when none can be made for this person
   */
  value(attributes: Attributes, occasion: Occasion): unknown;
}

/** What the mapping gives for one person. */
export interface Mapped {
  readonly always: Attributes;
  readonly initial: Attributes;
  /** Targets for which no value can be made, and why; null for none. The values of the others are given all the same. */
  readonly fault: string | null;
}

/** Of somebody who is to have no account. */
export const nothingMapped: Mapped = { always: {}, initial: {}, fault: null };

/** What is written about an identity: the default unless it was switched off, and what is added or overridden by target. */
export class Mapping {
  private readonly rules: readonly MappingRule[];

  constructor(own: readonly MappingRule[], withDefaults: boolean) {
    const byTarget = new Map((withDefaults ? defaults : []).map((rule) => [rule.target, rule]));
    for (const rule of own) byTarget.set(rule.target, rule);
    this.rules = [...byTarget.values()];
  }

  /** What is written, when, and what of. */
  get lines(): readonly Omit<MappingRule, 'value'>[] {
    return this.rules;
  }

  /** Attribute paths that are read when an account is adopted. */
  get targets(): readonly string[] {
    return this.rules.map(({ target }) => target);
  }

  /** What each line comes to: a value, an EvaluationError or {@link leftAsIs}. */
  results(attributes: Attributes, occasion: Occasion): { readonly rule: MappingRule; readonly found: unknown }[] {
    return this.rules.map((rule) => ({ rule, found: tried(rule, attributes, occasion) }));
  }

  apply(attributes: Attributes, occasion: Occasion): Mapped {
    const always: Record<string, unknown> = {};
    const initial: Record<string, unknown> = {};
    const faults: string[] = [];
    for (const { rule, found } of this.results(attributes, occasion)) {
      if (found instanceof EvaluationError) faults.push(`${rule.target}: ${found.message}`);
      else if (found !== leftAsIs) put(rule.apply === 'always' ? always : initial, rule, found);
    }
    return { always, initial, fault: faults.length === 0 ? null : faults.join('; ') };
  }
}

function tried(rule: MappingRule, attributes: Attributes, occasion: Occasion): unknown {
  try {
    return rule.value(attributes, occasion);
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
}

export const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** An attribute without a value is cleared, unless it is written at creation only. */
function put(into: Record<string, unknown>, { target, apply }: MappingRule, value: unknown): void {
  if (!isNothing(value)) into[target] = value;
  else if (apply === 'always') into[target] = null;
}

const from = (target: string, sources: readonly string[], value: (attributes: Attributes) => unknown): MappingRule => ({
  target,
  apply: 'always',
  sources,
  value,
});
const same = (target: string, source: string): MappingRule => from(target, [source], (a) => a[source]);

/** Only what an application needs to identify a person: see the defaults of the connector document. */
const defaults: readonly MappingRule[] = [
  from('userName', ['userName', 'email'], (a) => a['userName'] ?? a['email']),
  same('name.givenName', 'givenName'),
  same('name.familyName', 'familyName'),
  same('displayName', 'displayName'),
  from('emails', ['email'], (a) =>
    typeof a['email'] === 'string' ? [{ value: a['email'], type: 'work', primary: true }] : undefined,
  ),
  same('externalId', 'id'),
];
