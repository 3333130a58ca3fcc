import { CatalogSnapshot, filledDocument, type AccessPackage } from '../policy/policy.exports.js';
import type { Grant } from '#libs/contracts/catalog.js';
import { access } from '../assignments/access.js';
import { noChanges, type Access, type Changes } from '../assignments/access-state.js';
import { desiredAccess } from '../desired-access/desired-access.js';
import type { KnownIdentity } from '../identities/identity.js';
import { unknownPerson, type Person } from './person-batch.js';
import { derive } from './derive.js';

const identityId = '0198c0de-0000-5000-8000-00000000000a';
const known: KnownIdentity = {
  identityId,
  status: 'active',
  kind: 'person',
  managerId: null,
  primaryWorkerId: 'w',
  employments: [],
  person: {
    displayName: 'Ada',
    userName: 'ada',
    tokenSubjects: [],
    records: { w: { employeeId: '1', familyName: 'L', hireDate: '2026-01-01' } },
  },
};
type Known = Person & { readonly identity: { readonly state: KnownIdentity } };
const ada: Known = { ...unknownPerson(identityId), identity: { id: identityId, version: 1, state: known } };
const catalogOf = (packages: Record<string, readonly Grant[]>): CatalogSnapshot =>
  new CatalogSnapshot(
    1,
    Object.entries(packages).map(([id, grants]) => ({
      kind: 'access-package',
      id,
      version: 1,
      document: filledDocument('access-package', { displayName: id, grants }),
    })),
  );
const assigned = (assignmentId: string, packageId: string): Changes => ({
  created: [
    {
      assignmentId,
      identityId,
      packageId,
      packageVersion: 1,
      cause: { type: 'birthright', rule: 'r' },
      since: '2026-03-02T09:00:00.000Z',
    },
  ],
  revoked: [],
  steps: [],
});
const now = { at: '2026-03-02T09:00:00.000Z', epoch: 1 };

/** Settles and folds the facts, as the streams would. */
function deriveAndFold(person: Known, changes: Changes, catalog: CatalogSnapshot): { person: Known; types: string[] } {
  const { access: events, desired } = derive(person, changes, catalog, now);
  const state = events.reduce<Access>(access.evolve, person.access.state);
  const said = new Map(person.desired);
  for (const fact of desired) {
    const { application } = fact.data;
    const before = said.get(application) ?? { id: application, state: null, version: 0 };
    said.set(application, { ...before, state: desiredAccess.evolve(before.state, fact), version: before.version + 1 });
  }
  const access_ = { ...person.access, state, version: person.access.version + events.length };
  return {
    person: { ...person, access: access_, desired: said },
    types: [...events, ...desired].map(({ type }) => type),
  };
}

const both = {
  wiki: [
    { application: 'wiki', account: true },
    { application: 'crm', account: true },
  ],
} as const;

describe('deriving what follows', () => {
  it('tells each assignment which desired access carries it, application by application', () => {
    const { person, types } = deriveAndFold(ada, assigned('1', 'wiki'), catalogOf(both));
    expect(types).toEqual(['AssignmentCreated', 'DesiredAccessChanged', 'DesiredAccessChanged']);
    expect(person.access.state.assignments[0]?.applications).toEqual([
      { application: 'wiki', epoch: 1, sequence: 1, delivery: 'pending' },
      { application: 'crm', epoch: 1, sequence: 1, delivery: 'pending' },
    ]);
  });

  it('twice does nothing', () => {
    const { person } = deriveAndFold(ada, assigned('1', 'wiki'), catalogOf(both));
    expect(deriveAndFold(person, noChanges, catalogOf(both)).types).toEqual([]);
  });

  it('gives the account with a group, and takes both away with it', () => {
    const catalog = catalogOf({
      editors: [{ application: 'wiki', group: 'Editors' }],
      base: [{ application: 'wiki', account: true }],
    });
    const first = deriveAndFold(ada, assigned('1', 'editors'), catalog);
    expect(first.types).toEqual(['AssignmentCreated', 'DesiredAccessChanged']);
    expect(first.person.access.state.assignments[0]?.applications).toMatchObject([
      { application: 'wiki', sequence: 1 },
    ]);
    const second = deriveAndFold(first.person, assigned('2', 'base'), catalog);
    const end = (person: typeof ada, packageId: string): ReturnType<typeof deriveAndFold> => {
      const ended = person.access.state.assignments.filter((one) => one.packageId === packageId);
      const revoked = ended.map((assignment) => ({ assignment, code: 'left', reason: null }) as const);
      return deriveAndFold(person, { created: [], steps: [], revoked }, catalog);
    };
    const items = ({ person }: ReturnType<typeof deriveAndFold>): unknown =>
      person.access.state.ended.at(-1)?.removals.map((removal) => removal.items.map((item) => Object.keys(item)[0]));
    const without = end(second.person, 'editors');
    expect(items(without)).toEqual([['group']]);
    // Nothing is to be removed: the group needs the account.
    expect(items(end(second.person, 'base'))).toBeUndefined();
    expect(items(end(first.person, 'editors'))).toEqual([['account', 'group']]);
  });

  it('delivers again what a package grants again', () => {
    const before = deriveAndFold(
      ada,
      assigned('1', 'base'),
      catalogOf({ base: [{ application: 'wiki', account: true }] }),
    );
    const after = deriveAndFold(
      before.person,
      noChanges,
      catalogOf({
        base: [
          { application: 'wiki', account: true },
          { application: 'wiki', group: 'New' },
        ],
      }),
    );
    expect(after.types).toEqual(['AssignmentDeliveryChanged', 'DesiredAccessChanged']);
    expect(after.person.access.state.assignments[0]?.applications).toEqual([
      { application: 'wiki', epoch: 1, sequence: 2, delivery: 'pending' },
    ]);
  });

  it('empties an application nothing reaches any more', () => {
    const before = deriveAndFold(ada, assigned('1', 'wiki'), catalogOf(both));
    const held = before.person.access.state.assignments;
    const ended = {
      created: [],
      steps: [],
      revoked: held.map((assignment) => ({ assignment, code: 'left', reason: null }) as const),
    };
    const after = deriveAndFold(before.person, ended, catalogOf(both));
    expect(after.types).toEqual(['AssignmentRevoked', 'DesiredAccessChanged', 'DesiredAccessChanged']);
    expect([...after.person.desired.values()].map(({ state }) => state?.accounts[0]?.active)).toEqual([false, false]);
  });
});

describe('the catalog', () => {
  const catalog = new CatalogSnapshot(1, [
    {
      kind: 'access-package',
      id: 'a',
      version: 4,
      document: {
        displayName: 'A',
        status: 'published',
        grants: [],
        eligibility: 'department eq "Sales"',
        incompatibleWith: [],
      } as unknown as AccessPackage,
    },
    {
      kind: 'access-package',
      id: 'draft',
      version: 1,
      document: {
        displayName: 'D',
        status: 'draft',
        grants: [{ application: 'wiki', account: true }],
        incompatibleWith: [],
      } as unknown as AccessPackage,
    },
    {
      kind: 'birthright-rule',
      id: 'z',
      version: 1,
      document: {
        displayName: 'Z',
        filter: 'department pr',
        packages: ['a', 'draft', 'unknown'],
        privilegedException: null,
        privilegedExceptionUntil: null,
        graceDays: 0,
      },
    },
    {
      kind: 'birthright-rule',
      id: 'b',
      version: 1,
      document: {
        displayName: 'B',
        filter: 'department eq "sales"',
        packages: ['a'],
        privilegedException: null,
        privilegedExceptionUntil: null,
        graceDays: 0,
      },
    },
    {
      kind: 'application',
      id: 'wiki',
      version: 1,
      document: filledDocument('application', { displayName: 'Wiki', connectorId: 'wiki', owners: ['olga'] }),
    },
  ]);
  it('gives a package by the first rule that matches; drafts and unknown ones never', () => {
    expect(catalog.birthrightsOf({ department: 'Sales' })).toEqual([{ packageId: 'a', packageVersion: 4, rule: 'b' }]);
    expect(catalog.birthrightsOf({ department: 'Legal' })).toEqual([{ packageId: 'a', packageVersion: 4, rule: 'z' }]);
    expect(catalog.birthrightsOf({})).toEqual([]);
  });
  it('grants nothing by a draft', () => {
    expect([catalog.grantsOf('draft'), catalog.grantsOf('unknown')]).toEqual([[], []]);
  });
  it('knows who is eligible and who owns', () => {
    expect([
      catalog.isEligible('a', { department: 'SALES' }),
      catalog.isEligible('a', {}),
      catalog.isEligible('draft', {}),
    ]).toEqual([true, false, true]);
    expect(catalog.owners.of(['wiki', 'none'])).toEqual(new Set(['olga']));
  });
});
