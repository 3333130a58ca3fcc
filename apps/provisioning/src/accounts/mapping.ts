import type { Attributes } from './account.events.js';

/** One line of a connector's mapping, ready to be applied. */
export interface MappingRule {
  readonly target: string;
  readonly apply: 'always' | 'create-only';
  /** The value from the identity's attributes; undefined or null when there is none. */
  value(attributes: Attributes): unknown;
}

/** What is written about an identity: the default unless it was switched off, and what is added or overridden by target. */
export class Mapping {
  private readonly rules: readonly MappingRule[];

  constructor(own: readonly MappingRule[], withDefaults: boolean) {
    const byTarget = new Map((withDefaults ? defaults : []).map((rule) => [rule.target, rule]));
    for (const rule of own) byTarget.set(rule.target, rule);
    this.rules = [...byTarget.values()];
  }

  /** Paths that an account taken over is read for. */
  get targets(): readonly string[] {
    return this.rules.map(({ target }) => target);
  }

  /** Whether the mapping asks for the manager's account. */
  apply(attributes: Attributes): { always: Attributes; initial: Attributes } {
    const always: Record<string, unknown> = {};
    const initial: Record<string, unknown> = {};
    for (const { target, apply, value } of this.rules) {
      const found = value(attributes);
      if (found === undefined || found === null || found === '') {
        if (apply === 'always') always[target] = null;
      } else if (apply === 'always') always[target] = found;
      else initial[target] = found;
    }
    return { always, initial };
  }
}

const from = (target: string, value: (attributes: Attributes) => unknown): MappingRule => ({
  target,
  apply: 'always',
  value,
});

/** No more than an application needs to know a person: see the connector document's defaults. */
const defaults: readonly MappingRule[] = [
  from('userName', (a) => a['userName'] ?? a['email']),
  from('name.givenName', (a) => a['givenName']),
  from('name.familyName', (a) => a['familyName']),
  from('displayName', (a) => a['displayName']),
  from('emails', (a) =>
    typeof a['email'] === 'string' ? [{ value: a['email'], type: 'work', primary: true }] : undefined,
  ),
  from('externalId', (a) => a['id']),
];
