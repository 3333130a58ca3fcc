import type { AccessPackage, Application, SeparationRule } from '../policy/policy.exports.js';
import { CatalogSnapshot, filledDocument } from '../policy/policy.exports.js';
import { responsibilitiesOf, successorOf, transferred } from './responsibilities.js';

const [leo, mia, ada] = ['leo', 'mia', 'ada'];
const stage = { quorum: 1, timeout: 'P3D', onTimeout: 'deny' } as const;
const packageOf = (approvers: string[], escalateTo: string[] = [], owners: string[] = []) =>
  ({
    displayName: 'x',
    owners,
    status: 'published',
    grants: [],
    incompatibleWith: [],
    approval: { stages: [{ ...stage, approvers, escalateTo }], distinctApprovers: true },
  }) as unknown as AccessPackage;
const rule = { displayName: 'x', left: ['a'], right: ['b'], mode: 'detect', compensatingControls: [], dueIn: 'P1D' };
const application = (connectorId: string, owners: string[]) =>
  filledDocument('application', { displayName: 'x', connectorId, owners });
const catalog = new CatalogSnapshot(1, [
  { kind: 'application', id: 'wiki', version: 1, document: application('w', [leo, ada]) },
  { kind: 'application', id: 'crm', version: 1, document: application('c', [ada]) },
  { kind: 'access-package', id: 'editors', version: 1, document: packageOf(['manager', 'user:leo'], ['user:mia']) },
  { kind: 'access-package', id: 'last', version: 1, document: packageOf(['manager'], ['user:leo', 'user:mia']) },
  { kind: 'access-package', id: 'owned', version: 1, document: packageOf(['user:leo'], [], [leo, ada]) },
  { kind: 'separation-rule', id: 'apart', version: 1, document: { ...rule, owners: [leo] } as SeparationRule },
]);

describe('succession', () => {
  it('lists everything that a leaver owns or approves, and nothing else', () => {
    expect(responsibilitiesOf(leo, catalog)).toEqual([
      { kind: 'access-package', id: 'editors', as: 'approver' },
      { kind: 'access-package', id: 'last', as: 'approver' },
      { kind: 'access-package', id: 'owned', as: 'approver' },
      { kind: 'access-package', id: 'owned', as: 'owner' },
      { kind: 'application', id: 'wiki', as: 'owner' },
      { kind: 'separation-rule', id: 'apart', as: 'owner' },
    ]);
    expect(responsibilitiesOf('nobody', catalog)).toEqual([]);
  });

  it('moves it to the successor, in the same place, and names nobody twice', () => {
    const moved = new Map(transferred(leo, mia, catalog).map(({ id, document }) => [id, document]));
    expect((moved.get('wiki') as Application).owners).toEqual([mia, ada]);
    expect((moved.get('editors') as AccessPackage).approval).toMatchObject({
      stages: [{ approvers: ['manager', 'user:mia'], escalateTo: ['user:mia'] }],
    });
    expect((moved.get('last') as AccessPackage).approval).toMatchObject({ stages: [{ escalateTo: ['user:mia'] }] });
    expect(moved.get('owned')).toMatchObject({
      owners: [mia, ada],
      approval: { stages: [{ approvers: ['user:mia'] }] },
    });
    expect(moved.has('crm')).toBe(false);
  });

  it('goes to the first whom the rules name and who is here: deputy, manager or a named person', () => {
    const people = { manager: mia, deputies: [ada] };
    expect(successorOf(['manager'], people, () => true)).toBe(mia);
    expect(successorOf(['deputy', 'manager'], people, () => true)).toBe(ada);
    expect(successorOf(['manager', 'user:zoe'], people, (id) => id !== mia)).toBe('zoe');
    expect(successorOf(['manager'], { manager: null, deputies: [] }, () => true)).toBeNull();
  });
});
