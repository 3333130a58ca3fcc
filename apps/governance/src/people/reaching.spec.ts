import { type AccessPackage, type CatalogEntry, reachAfter } from '../policy/policy.exports.js';
import { GivenPerson, packageNamed, ruleNamed } from './given-person.fixtures.js';

const owner = '0198c0de-0000-7000-8000-0000000000b1';
const holder = '0198c0de-0000-5000-8000-00000000000a';
const groups = (...names: readonly string[]) => ({ grants: names.map((group) => ({ application: 'wiki', group })) });
const everybody = ruleNamed('everybody', 'department eq "Engineering"', ['base']);

/** The next version of a package, as the hub records it. @param by who has released it; null: nobody */
function next(former: CatalogEntry, more: object, by: string | null): CatalogEntry {
  const { id, version, document, reach } = former;
  const made = packageNamed(id, more);
  const before = { document: document as AccessPackage, reach: reach ?? { version, since: {} } };
  const release = by === null ? null : { version: version + 1, by, origin: null };
  const reached = reachAfter(before, made.document as AccessPackage, true);
  return { ...made, version: version + 1, reach: reached, release };
}

const released = (entry: CatalogEntry, by = owner): CatalogEntry => ({
  ...entry,
  release: { version: entry.version, by, origin: null },
});

describe('a version of a package that adds something', () => {
  const first = packageNamed('base', groups('a', 'b'));
  const second = next(first, groups('b', 'c'), null);

  it('takes away at once, and reaches who held it before only once an owner has released it', () => {
    const ada = GivenPerson.under(first, everybody);
    ada.under(second, everybody);
    expect(ada.groups).toEqual(['b']);
    ada.under(released(second), everybody);
    expect(ada.groups).toEqual(['b', 'c']);
    expect(ada.assignmentOf('base').reached).toEqual({ base: 2 });
  });
  it('is what who gets the package after it has at once', () => {
    const ada = GivenPerson.under(second, everybody);
    expect(ada.groups).toEqual(['b', 'c']);
  });
  it('is not what was approved before it: who asked for an earlier version waits for the release, too', () => {
    const ada = GivenPerson.under(second);
    ada.requested('base');
    expect(ada.groups).toEqual(['b']);
    ada.under(released(second));
    expect(ada.groups).toEqual(['b', 'c']);
  });
  it('reaches who asked for an earlier version at once, if it was released before they got it', () => {
    const ada = GivenPerson.under(released(second));
    ada.requested('base');
    expect(ada.groups).toEqual(['b', 'c']);
  });
  it('does not reach who released it: another owner must', () => {
    const ada = GivenPerson.under(first, everybody);
    ada.under(released(second, holder), everybody);
    expect([ada.groups, ada.access.withheldVersions]).toMatchObject([
      ['b'],
      [{ packageId: 'base', version: 2, code: 'own_release' }],
    ]);
    ada.under(released(second), everybody);
    expect([ada.groups, ada.access.withheldVersions]).toEqual([['b', 'c'], []]);
  });
  it('does not reach who is not eligible for what they asked for, until they are again', () => {
    const only = { eligibility: 'department eq "Sales"' };
    const ada = GivenPerson.under(packageNamed('base', groups('a')));
    ada.requested('base');
    ada.under(released(next(first, { ...groups('a', 'c'), ...only }, null)));
    expect([ada.groups, ada.access.withheldVersions]).toMatchObject([['a'], [{ code: 'not_eligible' }]]);
    ada.stated({ department: 'Sales' });
    expect([ada.groups, ada.access.withheldVersions]).toEqual([['a', 'c'], []]);
  });
  it('does not reach who would have what separation of duties keeps apart; once that ends, it does', () => {
    const apart: CatalogEntry = {
      kind: 'separation-rule',
      id: 'apart',
      version: 1,
      document: {
        displayName: 'Apart',
        left: [{ application: 'wiki', group: 'c' }],
        right: [{ application: 'wiki', group: 'x' }],
        mode: 'prevent',
        compensatingControls: [],
        owners: [],
        dueIn: 'P30D',
      },
    };
    const other = packageNamed('other', groups('x'));
    const ada = GivenPerson.under(first, other, apart, everybody);
    ada.requested('other');
    const before = ada.under(second, other, apart, everybody);
    expect([ada.groups, before.filter(({ type }) => type === 'SeparationFindingStated')]).toEqual([['b', 'x'], []]);
    const once = ada.under(released(second), other, apart, everybody);
    expect(once.filter(({ type }) => type === 'AssignmentVersionWithheld')).toHaveLength(1);
    expect([ada.groups, ada.access.withheldVersions, ada.access.findings]).toMatchObject([
      ['b', 'x'],
      [{ code: 'incompatible', because: [{ rule: 'apart', packages: ['base', 'other'] }] }],
      [],
    ]);
    expect(ada.on(1)).toEqual([]);
    ada.stated({}, 'active');
    ada.dropped('other');
    expect([ada.groups, ada.access.withheldVersions]).toEqual([['b', 'c'], []]);
  });
  it('reaches who holds a package that includes it only by its release', () => {
    const team = packageNamed('team', { grants: [], includes: ['base'] });
    const ada = GivenPerson.under(first, team);
    ada.requested('team');
    ada.under(second, team);
    expect(ada.groups).toEqual(['b']);
    ada.under(released(second), team);
    expect(ada.groups).toEqual(['b', 'c']);
  });
  it('adds what it includes from then on only by its release', () => {
    const [one, team] = [packageNamed('one', groups('one')), packageNamed('team', groups('t'))];
    const wider = next(team, { ...groups('t'), includes: ['one'] }, null);
    const ada = GivenPerson.under(one, team);
    ada.requested('team');
    ada.under(one, wider);
    expect(ada.groups).toEqual(['t']);
    ada.under(one, released(wider));
    expect(ada.groups).toEqual(['one', 't']);
  });
  it('comes back after a termination that did not hold only as far as it had reached the person', () => {
    const ada = GivenPerson.under(packageNamed('base', groups('b')));
    ada.requested('base');
    const wider = next(packageNamed('base', groups('b')), groups('b', 'c'), null);
    ada.under(wider);
    ada.stated({}, 'inactive');
    expect(ada.groups).toEqual([]);
    ada.stated({}, 'active');
    expect(ada.groups).toEqual(['b']);
  });
});
