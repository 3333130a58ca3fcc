import { filledDocument, type AccessPackage } from '../policy/policy.exports.js';
import { assignedPeriod, refuseAssigning, type Assigning } from './assigning.js';

const at = '2026-03-02T09:00:00.000Z';
const document = (more: Partial<AccessPackage> = {}): AccessPackage => ({
  ...filledDocument('access-package', { displayName: 'Root', grants: [] }),
  justInTime: 'PT8H',
  breakGlass: 'PT4H',
  ...more,
});
const assigning: Assigning = {
  type: 'direct',
  packageId: 'root',
  own: false,
  mayAssign: true,
  present: true,
  eligible: true,
  held: false,
  conflicts: [],
};
const activating: Partial<Assigning> = { type: 'just-in-time', own: true, mayAssign: false };
const emergency: Partial<Assigning> = { ...activating, type: 'break-glass' };

function codeOf(more: Partial<Assigning>, of: Partial<AccessPackage> = {}): string | null {
  try {
    refuseAssigning({ ...assigning, ...more }, document(of));
    return null;
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
}

describe('access without a request', () => {
  it.each<[string, Partial<Assigning>, Partial<AccessPackage>, string | null]>([
    ['is assigned by an owner to somebody else', {}, {}, null],
    ['is not assigned by others', { mayAssign: false }, {}, 'assignment.not_owner'],
    ['is not assigned to oneself', { own: true }, {}, 'assignment.own'],
    ['is activated by who is eligible, for themselves', activating, {}, null],
    ['is not activated for others', { ...activating, own: false }, {}, 'assignment.not_for_others'],
    ['is activated only where the package offers it', activating, { justInTime: null }, 'assignment.not_offered'],
    ['is taken in an emergency', emergency, {}, null],
    ['is taken only where the package offers it', emergency, { breakGlass: null }, 'assignment.not_offered'],
    ['needs eligibility, in an emergency too', { ...emergency, eligible: false }, {}, 'assignment.not_eligible'],
    ['is not for somebody who is not here', { present: false }, {}, 'assignment.not_eligible'],
    ['is not given twice', { held: true }, {}, 'assignment.already_held'],
    ['keeps duties separate, in an emergency too', { ...emergency, conflicts: ['x'] }, {}, 'assignment.incompatible'],
  ])('%s', (_, more, of, code) => {
    expect(codeOf(more, of)).toBe(code);
  });
});

describe('its period', () => {
  it('lasts as long as the package allows, from now or from its start', () => {
    expect(assignedPeriod({ startsAt: null, endsAt: null }, 'PT8H', at)).toEqual({
      since: at,
      until: '2026-03-02T17:00:00.000Z',
    });
    const startsAt = '2026-03-03T09:00:00.000Z';
    expect(assignedPeriod({ startsAt, endsAt: null }, null, at)).toEqual({ since: startsAt, until: null });
  });
  it('ends earlier where that is asked, and never later, nor before it begins', () => {
    const until = (endsAt: string) => assignedPeriod({ startsAt: null, endsAt }, 'PT8H', at).until;
    expect(until('2026-03-02T10:00:00.000Z')).toBe('2026-03-02T10:00:00.000Z');
    const problem = (detail: string): object => ({
      errors: [{ pointer: '/endsAt', detail: expect.stringContaining(detail) }],
    });
    const refusal = (endsAt: string): unknown => {
      try {
        return until(endsAt);
      } catch (error) {
        return error;
      }
    };
    expect(refusal('2026-03-02T17:00:00.001Z')).toMatchObject(problem('later than the package allows'));
    expect(refusal(at)).toMatchObject(problem('not after the start'));
  });
});
