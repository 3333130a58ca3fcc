import { EvaluationError } from '#libs/mapping/expression.js';
import type { Attributes } from './account.events.js';
import type { UniqueTarget } from './unique-value.js';

/** What a mapping is applied for. The same occasion gives the same values, now and when it is replayed. */
export interface Occasion {
  /** Of the newest desired access. */
  readonly now: string;
  readonly seed: string;
  /** Does nobody else have this value? Everything is free where it is not known. */
  readonly isFree?: (value: string) => boolean;
}

/** The target is left as it is. */
export const leftAsIs = Symbol('left as it is');

/** One line of a connector's mapping, ready to be applied. */
export interface MappingRule {
  readonly target: string;
  readonly apply: 'always' | 'create-only';
  /** `only-if-empty`: what the application has is left as it is. */
  readonly strength: 'always' | 'only-if-empty';
  /** Attributes of the identity that the value is made of. */
  readonly sources: readonly string[];
  /**
   * The value from the identity's attributes; undefined or null when there is none.
   * @throws EvaluationError when none can be made for this person
   */
  value(attributes: Attributes, occasion: Occasion): unknown;
  /**
   * For a target that gets a value that nobody else has: all that it may get, best first. Absent for any other.
   * @throws EvaluationError when none can be made for this person
   */
  candidates?(attributes: Attributes, occasion: Occasion): readonly string[];
}

/** What is written, when, and what of; `isChosen`: a value that nobody else has. */
export interface MappingLine extends Pick<MappingRule, 'target' | 'apply' | 'strength' | 'sources'> {
  readonly isChosen: boolean;
}

/** What the mapping gives for one person. */
export interface Mapped {
  readonly always: Attributes;
  readonly initial: Attributes;
  /** Written at creation, and wherever the application has no value. */
  readonly ifEmpty: Attributes;
  /** What gets, at creation, a value that nobody else has. */
  readonly unique: readonly UniqueTarget[];
  /** Targets for which no value can be made, and why; null for none. The values of the others are given all the same. */
  readonly fault: string | null;
  /** Targets whose value depends on attributes that are not known here yet. */
  readonly awaited: readonly string[];
}

/** Of somebody who is to have no account. */
export const nothingMapped: Mapped = { always: {}, initial: {}, ifEmpty: {}, unique: [], fault: null, awaited: [] };

/** What is written about an identity: the default unless it was switched off, and what is added or overridden by target. */
export class Mapping {
  private readonly rules: readonly MappingRule[];

  constructor(own: readonly MappingRule[], withDefaults: boolean) {
    const kept = withDefaults
      ? defaults.filter(({ target }) => !own.some((one) => isSameEntry(target, one.target)))
      : [];
    const byTarget = new Map(kept.map((rule) => [rule.target, rule]));
    for (const rule of own) byTarget.set(rule.target, rule);
    this.rules = [...byTarget.values()];
  }

  /** What is written, when, and what of. */
  get lines(): readonly MappingLine[] {
    return this.rules.map(({ target, apply, strength, sources, candidates }) => ({
      target,
      apply,
      strength,
      sources,
      isChosen: candidates !== undefined,
    }));
  }

  /** Attribute paths that are read when an account is adopted. */
  get targets(): readonly string[] {
    return this.rules.map(({ target }) => target);
  }

  /** What each line comes to: a value, an EvaluationError or {@link leftAsIs}. */
  results(attributes: Attributes, occasion: Occasion): { readonly rule: MappingRule; readonly found: unknown }[] {
    return this.rules.map((rule) => ({ rule, found: tried(() => rule.value(attributes, occasion)) }));
  }

  /** What gets a value that nobody else has; without those for which no value can be made. */
  unique(attributes: Attributes, occasion: Occasion): UniqueTarget[] {
    return this.rules.flatMap((rule) => {
      const candidates = rule.candidates === undefined ? [] : tried(() => rule.candidates?.(attributes, occasion));
      return Array.isArray(candidates) && candidates.length > 0 ? [{ target: rule.target, candidates }] : [];
    });
  }

  /** @param missing attributes of which nothing is known: what is made of them is left as it is */
  apply(attributes: Attributes, occasion: Occasion, missing: readonly string[] = []): Mapped {
    const always: Record<string, unknown> = {};
    const initial: Record<string, unknown> = {};
    const ifEmpty: Record<string, unknown> = {};
    const faults: string[] = [];
    const awaited = this.targetsOf(missing);
    const unique = this.unique(attributes, occasion).filter(({ target }) => !awaited.includes(target));
    const left = new Set([...awaited, ...unique.map(({ target }) => target)]);
    for (const { rule, found } of this.results(attributes, occasion)) {
      if (left.has(rule.target)) continue;
      if (found instanceof EvaluationError) faults.push(`${rule.target}: ${found.message}`);
      else if (found !== leftAsIs) put({ always, initial, ifEmpty }, rule, found);
    }
    return { always, initial, ifEmpty, unique, fault: faults.length === 0 ? null : faults.join('; '), awaited };
  }

  /** What is made of one of these attributes. */
  targetsOf(sources: readonly string[]): string[] {
    if (sources.length === 0) return [];
    return this.rules.filter((rule) => rule.sources.some((one) => sources.includes(one))).map(({ target }) => target);
  }
}

/** The default writes one address, of the type work: an entry for that one replaces it. */
const isSameEntry = (byDefault: string, target: string): boolean =>
  byDefault === 'emails' && /^emails\[type eq "work"\]/i.test(target);

function tried<Found>(found: () => Found): Found | EvaluationError {
  try {
    return found();
  } catch (error) {
    if (error instanceof EvaluationError) return error;
    throw error;
  }
}

export const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** An attribute without a value is cleared, unless it is written at creation only, or only where it is empty. */
function put(
  into: Readonly<Record<'always' | 'initial' | 'ifEmpty', Record<string, unknown>>>,
  { target, apply, strength }: MappingRule,
  value: unknown,
): void {
  const kind = apply === 'create-only' ? 'initial' : strength === 'only-if-empty' ? 'ifEmpty' : 'always';
  if (!isNothing(value)) into[kind][target] = value;
  else if (kind === 'always') into.always[target] = null;
}

const from = (target: string, sources: readonly string[], value: (attributes: Attributes) => unknown): MappingRule => ({
  target,
  apply: 'always',
  strength: 'always',
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
