import { definedFold } from '../catalog/catalog-document.js';
import { filledDocument, storedDocument, type AccessPackage } from './documents.js';

const stated = {
  displayName: 'Wiki editors',
  grants: [{ application: 'wiki', group: 'Editors' }],
  requestFor: 'self',
  approval: { stages: [{ approvers: ['manager'] }] },
} as const;
const filled: AccessPackage = {
  ...stated,
  description: null,
  status: 'published',
  owners: [],
  includes: [],
  justInTime: null,
  breakGlass: null,
  eligibility: null,
  eligibilityLost: 'keep',
  graceDays: 0,
  requireJustification: true,
  approval: {
    stages: [{ approvers: ['manager'], quorum: 1, timeout: 'P14D', onTimeout: 'deny', escalateTo: [] }],
    distinctApprovers: true,
  },
  maxDuration: null,
  extendable: false,
  suspendOnLeave: false,
  incompatibleWith: [],
  review: null,
  successor: null,
};

describe('defaults of the catalog', () => {
  it('are not kept in facts, those of stages neither', () => {
    expect(storedDocument('access-package', filled)).toEqual(stated);
    const application = filledDocument('application', { displayName: 'Wiki', connectorId: 'wiki' });
    expect(storedDocument('application', application)).toEqual({ displayName: 'Wiki', connectorId: 'wiki' });
  });

  it('are filled when facts are read', () => {
    const { initial, evolve } = definedFold('access-package');
    const fact = { type: 'AccessPackageDefined', v: 1, data: { id: 'wiki-editor', document: stated } } as const;
    expect(evolve(initial, fact).document).toEqual(filled);
    expect(filledDocument('application', { displayName: 'Wiki', connectorId: 'wiki' }).owners).toEqual([]);
  });

  it('leave what is stated as it is', () => {
    const own: AccessPackage = {
      ...filled,
      status: 'draft',
      requireJustification: false,
      approval: {
        stages: [
          {
            approvers: ['manager'],
            quorum: 2,
            timeout: 'P3D',
            onTimeout: 'escalate',
            escalateTo: ['application-owner'],
          },
          { approvers: ['package:wiki-owners'], quorum: 'all', timeout: 'P3D', onTimeout: 'deny', escalateTo: [] },
        ],
        distinctApprovers: false,
      },
    };
    expect(filledDocument('access-package', storedDocument('access-package', own))).toEqual(own);
    const open: AccessPackage = { ...filled, approval: 'none' };
    expect(filledDocument('access-package', storedDocument('access-package', open))).toEqual(open);
  });
});
