/** The application and who may have what in it, by path, in the order they are defined. */
export function applicationDocuments({
  baseUrl,
  token,
}: {
  baseUrl: string;
  token: string;
}): [path: string, document: object][] {
  return [
    [
      '/provisioning/v1/connectors/wiki',
      {
        displayName: 'Wiki',
        mode: 'enforce',
        protocol: 'scim2',
        baseUrl,
        auth: { type: 'bearer', token },
        // Many may leave at once here, and nobody releases them.
        accidentalDeletionThreshold: { people: 1_000_000, least: 1_000_000 },
      },
    ],
    ['/governance/v1/applications/wiki', { displayName: 'Wiki', connectorId: 'wiki' }],
    [
      '/governance/v1/access-packages/staff',
      {
        displayName: 'Staff',
        grants: [
          { application: 'wiki', account: true },
          { application: 'wiki', group: 'Staff' },
        ],
      },
    ],
    [
      '/governance/v1/access-packages/editors',
      {
        displayName: 'Editors',
        grants: [{ application: 'wiki', group: 'Editors' }],
        requestFor: 'self',
        approval: { stages: [{ approvers: ['manager'], quorum: 1, timeout: 'P3D', onTimeout: 'deny' }] },
      },
    ],
    [
      '/governance/v1/birthright-rules/staff',
      { displayName: 'Staff', filter: 'status eq "active"', packages: ['staff'] },
    ],
  ];
}

/** A group for everybody of a department. */
export function teamDocuments(department: string): [path: string, document: object][] {
  const id = `team-${department}`;
  const displayName = `Team ${department}`;
  return [
    [`/governance/v1/access-packages/${id}`, { displayName, grants: [{ application: 'wiki', group: displayName }] }],
    [
      `/governance/v1/birthright-rules/${id}`,
      { displayName, filter: `status eq "active" and department eq "${department}"`, packages: [id] },
    ],
  ];
}
