import { accessPackageOf } from './documents.input.js';
import { AccessPackageDto } from './access-package.dto.js';

const grantsOf = (...grants: readonly object[]): unknown =>
  accessPackageOf(Object.assign(new AccessPackageDto(), { displayName: 'Finance', grants })).grants;

describe('what a package grants', () => {
  it('is an account, a group or a role of an application', () => {
    const application = 'billing';
    const grants = [
      { application, account: true },
      { application, group: 'Finance' },
      { application, role: 'Approver' },
    ];
    expect(grantsOf(...grants)).toEqual(grants);
  });

  it('is one thing at a time', () => {
    expect(() => grantsOf({ application: 'billing', group: 'Finance', role: 'Approver' })).toThrow();
  });
});
