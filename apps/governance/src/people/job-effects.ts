import { entitlementKey } from '#libs/contracts/entitlement.js';
import type { DesiredEntitlement } from '#libs/contracts/desired-access.js';
import type { FactOrigins } from './fact-origins.js';
import type { Person } from './person-batch.js';

/** How many people a job changed, and how many of them gained or lost something. */
export interface JobEffects {
  readonly touched: number;
  readonly gained: number;
  readonly lost: number;
}

export interface RecomputedPerson {
  readonly before: Person;
  readonly after: Person;
  /** Null where nothing changed. */
  readonly origins: FactOrigins | null;
}

type Effect = keyof JobEffects;

/**
 * Counts people by the job of the change that caused it: a page of one job may find what a later change gives. @param
 * job the job of the page: counts what no known change caused
 */
export function effectsByJob(people: readonly RecomputedPerson[], job: string): Map<string, JobEffects> {
  const counts = new Map<string, JobEffects>();
  for (const person of people)
    for (const [id, effects] of effectsOf(person, job)) {
      const known = counts.get(id) ?? { touched: 0, gained: 0, lost: 0 };
      const plus = (effect: Effect): number => known[effect] + (effects.has(effect) ? 1 : 0);
      counts.set(id, { touched: plus('touched'), gained: plus('gained'), lost: plus('lost') });
    }
  return counts;
}

function effectsOf({ before, after, origins }: RecomputedPerson, job: string): Map<string, Set<Effect>> {
  const effects = new Map<string, Set<Effect>>();
  if (origins === null) return effects;
  const note = (effect: Effect, found: ReturnType<FactOrigins['ofAll']>): void => {
    for (const origin of found) {
      const id = origin?.causationId ?? job;
      effects.set(id, (effects.get(id) ?? new Set<Effect>()).add(effect));
    }
  };
  note('touched', origins.ofAll());
  for (const [application, { state, version }] of after.desired) {
    const former = before.desired.get(application);
    if (former?.version === version) continue;
    const [had, has] = [entitlementsIn(former?.state), entitlementsIn(state)];
    const here = [origins.ofApplication(application)];
    const of = ({ because }: DesiredEntitlement): ReturnType<FactOrigins['ofAll']> => {
      const own = origins.ofAssignments(because);
      return own.length > 0 ? own : here;
    };
    note('touched', here);
    for (const gained of missingIn(had, has)) note('gained', of(gained));
    for (const lost of missingIn(has, had)) note('lost', of(lost));
  }
  return effects;
}

const entitlementsIn = (
  state: { readonly entitlements: readonly DesiredEntitlement[] } | null | undefined,
): readonly DesiredEntitlement[] => state?.entitlements ?? [];

/** What the second list has and the first list does not have. */
function missingIn(first: readonly DesiredEntitlement[], second: readonly DesiredEntitlement[]): DesiredEntitlement[] {
  const kept = new Set(first.map(entitlementKey));
  return second.filter((one) => !kept.has(entitlementKey(one)));
}
