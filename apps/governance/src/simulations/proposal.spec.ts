import { plainToInstance } from 'class-transformer';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { AccessPackageDto, accessPackageOf, SeparationRuleDto, separationRuleOf } from '../catalog/catalog.exports.js';
import type { KnownIdentity } from '../identities/identities.exports.js';
import { unknownPerson, type Person } from '../people/people.exports.js';
import { CatalogSnapshot } from '../policy/policy.exports.js';
import { affectedByProposal, catalogUnder, foresee, hiredPerson, personUnder, type Proposal } from './proposal.js';

const at = '2026-03-02T09:00:00.000Z';
const wiki = { application: 'wiki', account: true } as const;
const packageOf = (more: object) =>
  accessPackageOf(plainToInstance(AccessPackageDto, { displayName: 'x', grants: [wiki], ...more }));
const ruleOf = (filter: string, ...packages: string[]) => ({
  displayName: 'x',
  filter,
  packages,
  privilegedException: null,
  privilegedExceptionUntil: null,
  graceDays: 0,
});
const catalog = new CatalogSnapshot(1, [
  { kind: 'access-package', id: 'staff', version: 1, document: packageOf({}) },
  {
    kind: 'birthright-rule',
    id: 'engineers',
    version: 1,
    document: ruleOf('department eq "Engineering"', 'staff'),
  },
]);
const nothing: Proposal = { accessPackages: [], birthrightRules: [], separationRules: [], hrChanges: [], hires: [] };
const record = (more: Partial<WorkerAttributes>): WorkerAttributes => ({
  employeeId: '1',
  familyName: 'Lovelace',
  hireDate: '2026-01-01',
  ...more,
});

function engineer(state: Partial<KnownIdentity> = {}): Person {
  const id = '0198c0de-0000-5000-8000-00000000000a';
  const known: KnownIdentity = {
    identityId: id,
    status: 'active',
    kind: 'person',
    managerId: null,
    primaryWorkerId: 'w',
    employments: [{ workerId: 'w', employed: true, onLeave: false }],
    person: {
      displayName: 'Ada',
      userName: 'ada',
      tokenSubjects: [],
      records: { w: record({ department: 'Engineering' }) },
    },
    ...state,
  };
  return { ...unknownPerson(id), identity: { id, version: 1, state: known } };
}

function foreseen(more: Partial<Proposal>, person = engineer()) {
  const proposal = { ...nothing, ...more };
  const after = personUnder(proposal.hrChanges, person, at);
  return foresee([person, after], [catalog, catalogUnder(proposal, catalog)], at);
}

describe('a simulation', () => {
  it('says that a package which grants more gives its holders more', () => {
    const document = packageOf({ grants: [wiki, { application: 'wiki', group: 'Editors' }] });
    expect(foreseen({ accessPackages: [{ id: 'staff', document }] })).toEqual({
      gains: [{ application: 'wiki', group: 'Editors' }],
      loses: [],
    });
  });

  it('says what workflows give to who is hired and take from who moves, once all their days have come', () => {
    const document = packageOf({ grants: [{ application: 'wiki', group: 'Editors' }] });
    const accessPackages = [{ id: 'editor', document }];
    const workflow = (id: string, trigger: 'joiner' | 'mover') => ({
      id,
      document: {
        ...{ displayName: id, trigger, filter: null, enabled: true },
        steps: [{ offsetDays: 20, action: 'grant' as const, package: 'editor', to: null, message: null }],
      },
    });
    const proposal = {
      ...nothing,
      accessPackages,
      workflows: [workflow('begin', 'joiner'), workflow('move', 'mover')],
    };
    const [now, proposed] = [catalog, catalogUnder(proposal, catalog)];
    const nobody = unknownPerson('0198c0de-0000-5000-8000-00000000000b');
    const editors = { application: 'wiki', group: 'Editors' };
    const hired = hiredPerson(record({ department: 'Engineering' }), nobody, at);
    expect(foresee([nobody, hired], [now, proposed], at).gains).toEqual(expect.arrayContaining([editors]));
    const hrChanges = [{ filter: 'department eq "Engineering"', set: { location: 'Oslo' }, status: null }];
    expect(foreseen({ ...proposal, hrChanges })).toEqual({ gains: [editors], loses: [] });
    expect(foreseen({ ...proposal, hrChanges: [] })).toEqual({ gains: [], loses: [] });
  });

  it('says that a rule which no longer matches takes what it gave', () => {
    const document = ruleOf('department eq "Sales"', 'staff');
    expect(foreseen({ birthrightRules: [{ id: 'engineers', document }] })).toEqual({ gains: [], loses: [wiki] });
  });

  it('says that a package and the rule which gives it, both new, give access together', () => {
    const crm = { application: 'crm', account: true } as const;
    const proposal = {
      accessPackages: [{ id: 'crm', document: packageOf({ grants: [crm] }) }],
      birthrightRules: [{ id: 'all', document: ruleOf('familyName pr', 'crm') }],
    };
    expect(foreseen(proposal)).toEqual({ gains: [crm], loses: [] });
  });

  it('says that a move out of the department takes the birthright of the department', () => {
    const move = { filter: 'department eq "Engineering"', set: { department: 'Sales' }, status: null };
    expect(foreseen({ hrChanges: [move] }).loses).toEqual([wiki]);
    expect(foreseen({ hrChanges: [{ ...move, filter: 'department eq "Legal"' }] }).loses).toEqual([]);
  });

  it('says that leaving takes everything, with all employments', () => {
    const employments = ['w', 'v'].map((workerId) => ({ workerId, employed: true, onLeave: false }));
    const leaving = { filter: 'employeeId eq "1"', set: {}, status: 'left' as const };
    expect(foreseen({ hrChanges: [leaving] }, engineer({ employments })).loses).toEqual([wiki]);
  });

  it('says that a leave takes what is suspended during a leave', () => {
    const document = packageOf({ suspendOnLeave: true });
    const leave = { filter: 'status eq "active"', set: {}, status: 'on-leave' as const };
    const proposal = { accessPackages: [{ id: 'staff', document }], hrChanges: [leave] };
    expect(foreseen(proposal).loses).toEqual([wiki]);
  });

  it('says that a separation rule which no longer prevents gives what it withheld', () => {
    const crm = { application: 'crm', account: true } as const;
    const rule = (mode: 'prevent' | 'detect') =>
      separationRuleOf(
        plainToInstance(SeparationRuleDto, { displayName: 'x', left: ['staff'], right: ['sales'], mode }),
      );
    const proposal = {
      ...nothing,
      accessPackages: [{ id: 'sales', document: packageOf({ grants: [crm] }) }],
      birthrightRules: [{ id: 'second', document: ruleOf('familyName pr', 'sales') }],
    };
    const prevented = { ...proposal, separationRules: [{ id: 'apart', document: rule('prevent') }] };
    const detected = { ...proposal, separationRules: [{ id: 'apart', document: rule('detect') }] };
    expect([foreseen(prevented).gains, foreseen(detected).gains]).toEqual([[], [crm]]);
  });

  it('says what somebody who might be hired would have', () => {
    const nobody = unknownPerson('0198c0de-0000-5000-8000-00000000000b');
    const hired = hiredPerson(record({ employeeId: '2', department: 'Engineering' }), nobody, at);
    expect(foresee([nobody, hired], [catalog, catalog], at)).toEqual({ gains: [wiki], loses: [] });
  });

  it('compares a person with what today gives them, not with what has reached them', () => {
    expect(foreseen({})).toEqual({ gains: [], loses: [] });
  });

  it('looks at nobody but those whom one of its changes can touch', () => {
    const proposal: Proposal = {
      ...nothing,
      accessPackages: [{ id: 'staff', document: packageOf({ grants: [] }) }],
      hrChanges: [{ filter: 'department eq "Sales"', set: { department: 'Revenue' }, status: null }],
    };
    expect(affectedByProposal(proposal, catalog, catalogUnder(proposal, catalog))).toEqual({
      who: 'any',
      of: [
        { who: 'holding', package: 'staff' },
        { who: 'selected', filter: 'department eq "Sales"' },
      ],
    });
  });
});
