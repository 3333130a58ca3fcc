import { noChanges } from '../assignments/access-state.js';
import { afterDays, GivenPerson, packageNamed, ruleNamed } from './given-person.fixtures.js';

const groups = (...names: readonly string[]) => ({ grants: names.map((group) => ({ application: 'wiki', group })) });
const [old, suite] = [packageNamed('old', groups('a')), packageNamed('suite', groups('a', 'b'))];
const retired = packageNamed('old', { ...groups('a'), status: 'retired', successor: 'suite' });
const everybody = ruleNamed('everybody', 'department eq "Engineering"', ['old']);

describe('the retirement of a package with a successor', () => {
  it('gives the successor first, and ends the old one once that is delivered', () => {
    const ada = GivenPerson.under(old, suite);
    ada.requested('old', '2026-12-01T00:00:00.000Z');
    ada.under(retired, suite);
    expect([ada.packages, ada.assignmentOf('old').movesTo]).toEqual([['old', 'suite'], 'suite']);
    expect(ada.assignmentOf('suite')).toMatchObject({
      cause: { type: 'request', request: 'q' },
      until: '2026-12-01T00:00:00.000Z',
    });
    expect(ada.on(1)).toEqual([]);
    ada.delivered('suite');
    expect(ada.on(1)).toMatchObject([
      { type: 'AssignmentRevoked', data: { code: 'package_retired', assignment: { packageId: 'old' } } },
    ]);
    expect([ada.packages, ada.groups]).toEqual([['suite'], ['a', 'b']]);
  });
  it('lets rules that name the old package give the successor', () => {
    const ada = GivenPerson.under(old, suite, everybody);
    ada.under(retired, suite, everybody);
    expect(ada.packages).toEqual(['old', 'suite']);
    expect(ada.assignmentOf('suite').cause).toEqual({ type: 'birthright', rule: 'everybody' });
    ada.delivered('suite');
    ada.on(1);
    expect(ada.packages).toEqual(['suite']);
    const bob = GivenPerson.under(retired, suite, everybody);
    expect(bob.packages).toEqual(['suite']);
  });
  it('ends what a rule gave at once when the rule ends meanwhile', () => {
    const ada = GivenPerson.under(old, suite, everybody);
    ada.under(retired, suite, everybody);
    ada.stated({ department: 'Sales' });
    expect(ada.packages).toEqual([]);
  });
  it('ends the old package of who has the successor delivered already', () => {
    const ada = GivenPerson.under(old, suite);
    ada.requested('old');
    ada.requested('suite');
    ada.delivered('suite');
    ada.under(retired, suite);
    expect(ada.packages).toEqual(['suite']);
  });
  it('ends the old package of who may not have the successor', () => {
    const sales = packageNamed('suite', { ...groups('b'), eligibility: 'department eq "Sales"' });
    const ada = GivenPerson.under(old, sales);
    ada.requested('old');
    ada.under(retired, sales);
    expect(ada.packages).toEqual([]);
    const apart = packageNamed('apart', { ...groups('x'), incompatibleWith: ['suite'] });
    const bob = GivenPerson.under(old, suite, apart);
    bob.requested('old');
    bob.requested('apart');
    bob.under(retired, suite, apart);
    expect(bob.packages).toEqual(['apart']);
  });
  it('leads on where the successor is retired, too', () => {
    const last = packageNamed('last', groups('c'));
    const ada = GivenPerson.under(old, suite, last);
    ada.requested('old');
    ada.under(retired, packageNamed('suite', { ...groups('b'), status: 'retired', successor: 'last' }), last);
    ada.delivered('last');
    ada.on(1);
    expect(ada.packages).toEqual(['last']);
  });
  it('gives the successor for no longer than that allows', () => {
    const short = packageNamed('suite', { ...groups('b'), maxDuration: 'P10D' });
    const ada = GivenPerson.under(old, short);
    ada.requested('old');
    ada.under(retired, short);
    expect(ada.assignmentOf('suite').until).toBe('2026-03-12T09:00:00.000Z');
  });
  it('takes from whom somebody revokes the successor meanwhile both, for good', () => {
    const ada = GivenPerson.under(old, suite);
    ada.requested('old');
    ada.under(retired, suite);
    expect(ada.dropped('suite')).toMatchObject([{ data: { code: 'given_up' } }, { data: { code: 'package_retired' } }]);
    ada.on(1);
    expect(ada.packages).toEqual([]);
  });
  it('withholds no retired package, and gives none again that an ended exception took', () => {
    const apart = packageNamed('apart', { ...groups('x'), incompatibleWith: ['old'] });
    const ada = GivenPerson.under(old, suite, apart, everybody);
    const granted = {
      exceptionId: 'e',
      identityId: ada.id,
      rule: 'package:apart',
      grantedBy: 'g',
      until: afterDays(2),
    };
    ada.asked({ ...noChanges, exceptions: { granted: [{ ...granted, mitigation: 'x' }], withdrawn: [] } });
    ada.requested('apart');
    ada.under(retired, suite, apart, everybody);
    expect(ada.packages).toEqual(['apart', 'old', 'suite']);
    ada.on(2);
    expect([ada.packages.includes('old') && ada.packages.includes('apart'), ada.access.withheld]).toEqual([false, []]);
  });
  it('takes from who leaves meanwhile both', () => {
    const ada = GivenPerson.under(old, suite);
    ada.requested('old');
    ada.under(retired, suite);
    ada.stated({}, 'inactive');
    expect(ada.packages).toEqual([]);
  });
});
