import { type Access, type Changes, type Grace, noChanges } from '../assignments/assignments.exports.js';
import { later, type CatalogSnapshot, type MoverRule } from '../policy/policy.exports.js';
import { movedFrom } from './move.js';
import { filterResourceOf } from './person-batch.js';
import type { Given, KnownPerson } from './given.js';

type Assignment = Access['assignments'][number];

/** Which assignments, of those that no rule gave, have lost what they were given for. */
export interface LostGrounds {
  /** Do the grounds that its grace says are gone stand again? */
  readonly returned: (assignment: Assignment) => boolean;
  /** @param ending assignments that change for another reason in the same step */
  readonly changes: (ending: ReadonlySet<string>) => Changes;
}

/** What happens to access whose grounds are gone, and after how many days. */
interface Loss {
  readonly code: 'not_eligible' | 'moved';
  readonly decides: Grace['decides'];
  readonly days: number;
}

/** Days within which a manager answers, where the package does not say how many. */
const answerDays = 14;

/** Asked for, or given by an owner or a workflow: what lasts for hours only ends by itself. */
const lasting = ({ cause }: Assignment): boolean => ['request', 'direct', 'workflow'].includes(cause.type);

/** Losing eligibility ends access as its package says; a move ends or reviews it as the rule for movers says. */
export function lostGrounds(
  { identity: { state }, access }: KnownPerson,
  catalog: CatalogSnapshot,
  resource: object,
  { at, formerly, withoutGrace }: Given,
): LostGrounds {
  const eligible = ({ packageId }: Assignment): boolean => catalog.isEligible(packageId, resource);
  const moved = formerly !== undefined && movedFrom(formerly, state, catalog.moves);
  const ofMove = moved ? lossByMove(catalog.moverRule(resource)) : null;
  // What a manager kept in spite of it is lost only by losing eligibility again.
  const wasEligible = ({ packageId }: Assignment): boolean =>
    formerly !== undefined && formerly.status !== 'absent' && catalog.isEligible(packageId, filterResourceOf(formerly));
  const stands = (one: Assignment): boolean => eligible(one) || (one.keptFor === 'not_eligible' && !wasEligible(one));
  const lossNow = (one: Assignment): Loss | null => (stands(one) ? null : lossByPackage(one, catalog)) ?? ofMove;
  const graceOf = ({ code, decides, days }: Loss): Grace | null =>
    withoutGrace === true || days === 0 ? null : { code, decides, until: later(at, `P${days}D`) };
  return {
    returned: (one) => one.grace?.code !== 'moved' && (one.grace?.code !== 'not_eligible' || eligible(one)),
    changes: (ending) => {
      const losses = access.state.assignments
        .filter((one) => lasting(one) && !ending.has(one.assignmentId))
        .flatMap((assignment) => {
          const loss = lossNow(assignment);
          // A manager may keep it: nobody foresees that it goes.
          if (loss === null || (withoutGrace === true && loss.decides === 'manager')) return [];
          return [{ assignment, code: loss.code, grace: graceOf(loss) }];
        });
      return {
        ...noChanges,
        revoked: losses
          .filter(({ assignment, code, grace }) => grace === null && endsAtOnce(assignment, code))
          .map(({ assignment, code }) => ({ assignment, code, reason: null })),
        steps: losses.flatMap(({ assignment, grace }): Changes['steps'] =>
          grace === null || assignment.grace !== null ? [] : [{ is: 'grace-started', assignment, grace }],
        ),
      };
    },
  };
}

/** What goes on for a time ends before only where the reason leaves no time, and is not the same. */
const endsAtOnce = ({ grace }: Assignment, code: Loss['code']): boolean =>
  grace === null || (grace.code === 'moved' && code === 'not_eligible');

function lossByPackage({ packageId }: Assignment, catalog: CatalogSnapshot): Loss | null {
  const document = catalog.accessPackage(packageId)?.document;
  if (document === undefined || document.eligibilityLost === 'keep') return null;
  const { eligibilityLost, graceDays: days } = document;
  return eligibilityLost === 'end'
    ? { code: 'not_eligible', decides: 'nobody', days }
    : { code: 'not_eligible', decides: 'manager', days: days === 0 ? answerDays : days };
}

function lossByMove(rule: MoverRule | null): Loss | null {
  if (rule === null || rule.requestedAccess === 'keep') return null;
  return { code: 'moved', decides: rule.requestedAccess === 'review' ? 'manager' : 'nobody', days: rule.days };
}
