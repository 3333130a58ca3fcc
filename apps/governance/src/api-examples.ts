import type { AssignmentView } from './assignments/assignments.query.js';
import type { CatalogItem } from './catalog/catalog-documents.query.js';
import type { DesiredAccessView } from './desired-access/desired-access.query.js';
import type { Explanation } from './desired-access/explanation.js';
import type { IdentityView } from './identities/identities.query.js';
import type { RequestView } from './requests/requests.query.js';

const ada = '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e';
const grace = '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f';
const request = '01a20d55-1fe0-7035-b0be-4fc310015bde';
const assignment = '01a20d55-2a10-7c41-9d0e-5b7a9e1c2d3f';
const account = '01a20d50-0b20-7d10-8a2e-1c3d5e7f9a1b';
const at = '2026-03-02T09:00:00.000Z';

export const listOf = (item: object): object => ({ items: [item], nextCursor: null });

export const identityExample: IdentityView = {
  employeeId: '1001',
  givenName: 'Ada',
  familyName: 'Lovelace',
  email: 'ada@example.org',
  department: 'Engineering',
  managerId: '1000',
  hireDate: '2026-03-02',
  id: ada,
  status: 'active',
  kind: 'person',
  userName: 'ada@example.org',
  displayName: 'Ada Lovelace',
  manager: grace,
};

export const requestExample: RequestView = {
  id: request,
  packageId: 'wiki-editors',
  packageVersion: 1,
  requesterId: ada,
  beneficiaryId: ada,
  status: 'approved',
  code: null,
  justification: 'I keep the handbook up to date',
  requestedAt: at,
  dueAt: '2026-03-05T09:00:00.000Z',
  closedAt: at,
  approvers: ['manager'],
  decisions: [{ stage: 0, approverId: grace, decision: 'approve', decidedAt: at, comment: 'Fine' }],
  assignmentId: assignment,
  delivery: 'delivered',
  removal: null,
};

export const assignmentExample: AssignmentView = {
  id: assignment,
  packageId: 'wiki-editors',
  packageVersion: 1,
  identityId: ada,
  status: 'active',
  delivery: 'delivered',
  removal: null,
  cause: { type: 'request', request, approvers: [grace] },
  since: at,
  until: null,
  code: null,
  reason: null,
};

export const applicationExample: CatalogItem<'application'> = {
  id: 'wiki',
  version: 1,
  displayName: 'Wiki',
  connectorId: 'wiki',
  owners: [grace],
};

export const accessPackageExample: CatalogItem<'access-package'> = {
  id: 'wiki-editors',
  version: 1,
  displayName: 'Wiki editors',
  description: null,
  status: 'published',
  grants: [{ application: 'wiki', group: 'Editors' }],
  eligibility: 'department eq "Engineering"',
  requestFor: 'self',
  requireJustification: true,
  approval: { stages: [{ approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny' }] },
};

export const birthrightRuleExample: CatalogItem<'birthright-rule'> = {
  id: 'everybody',
  version: 1,
  displayName: 'Everybody has the wiki',
  filter: 'employmentType ne "guest"',
  packages: ['wiki-user'],
};

export const accessExample: DesiredAccessView = {
  identity: ada,
  application: 'wiki',
  status: 'active',
  accounts: [
    {
      type: 'User',
      active: true,
      attributes: { userName: 'ada@example.org', displayName: 'Ada Lovelace' },
      packages: ['wiki-editors', 'wiki-user'],
      groups: ['Editors'],
    },
  ],
  entitlements: [
    { account: true, because: [account] },
    { group: 'Editors', because: [assignment] },
  ],
  sequence: 2,
  since: at,
  shouldHaveEnded: [],
};

export const explanationExample: Explanation = {
  identity: ada,
  application: 'wiki',
  status: 'active',
  sequence: 2,
  entitlements: [
    {
      group: 'Editors',
      because: [
        {
          assignment,
          package: { id: 'wiki-editors', version: 1 },
          since: at,
          cause: { type: 'request', request, approvers: [grace] },
          approvals: [{ approver: grace, decision: 'approve', at, comment: 'Fine' }],
          justification: 'I keep the handbook up to date',
          hrEvents: ['01a20d4f-8a00-7b11-8c22-2d33e44f5566'],
          chain: [
            {
              event: '01a20d55-2a11-7000-8000-00000000000a',
              type: 'hub.governance.assignment.created.v1',
              at,
              actor: `identity/${grace}`,
            },
            { event: '01a20d55-2a0f-7000-8000-00000000000b', type: 'RequestApproved', at, actor: `identity/${grace}` },
          ],
        },
      ],
    },
  ],
  shouldHaveEnded: [],
  chain: [
    {
      event: '01a20d55-2a12-7000-8000-00000000000c',
      type: 'hub.governance.desired-access.changed.v1',
      at,
      actor: `identity/${grace}`,
    },
  ],
};
