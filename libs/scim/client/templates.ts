import { generic, type ScimProfile } from './profile.js';

/** A profile with a name: what one kind of application does differently, and where that is written. */
export interface ProfileTemplate {
  readonly name: string;
  readonly describes: string;
  /** Where the differences are documented. */
  readonly source: string;
  /** The base address, with the parts that a customer fills in. */
  readonly baseUrl: string;
  readonly switches: Partial<ScimProfile>;
  /** What the mapping of such an application needs beside the default, as expressions by target. */
  readonly mapping: Readonly<Record<string, string>>;
}

/** Every profile that a connector can name. */
export const templates: readonly ProfileTemplate[] = [
  {
    name: 'generic',
    describes: 'A server that follows RFC 7643 and RFC 7644',
    source: 'https://www.rfc-editor.org/rfc/rfc7644',
    baseUrl: 'https://{host}/scim/v2',
    switches: {},
    mapping: {},
  },
  {
    name: 'entra-style',
    describes:
      'A server written for the provisioning client of Microsoft Entra: capital operations, texts for true and false',
    source: 'https://learn.microsoft.com/en-us/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups',
    baseUrl: 'https://{host}/scim',
    switches: {
      patchOps: 'capital',
      booleans: 'string',
      memberRemoval: 'value-list',
      searchable: { users: ['externalId', 'userName'], groups: ['displayName'], operators: ['eq', 'and'] },
    },
    mapping: {},
  },
  {
    name: 'okta-style',
    describes:
      'A server written for the SCIM client of Okta: users are written whole, disabled without a path, searched by userName',
    source: 'https://developer.okta.com/docs/reference/scim/scim-20/',
    baseUrl: 'https://{host}/scim/v2',
    switches: {
      update: 'read-and-put',
      deactivate: 'patch-pathless',
      deleteMeans: 'unsupported',
      notFound: '404',
      searchable: { users: ['userName'], groups: ['displayName'], operators: ['eq'], others: [] },
    },
    mapping: {},
  },
  {
    name: 'slack',
    describes: 'Slack, SCIM 2.0',
    source: 'https://docs.slack.dev/reference/scim-api/rate-limits',
    baseUrl: 'https://api.slack.com/scim/v2',
    switches: {
      contentType: 'application/json',
      accept: 'application/json',
      deleteMeans: 'soft',
      deactivate: 'delete',
      reactivateOnConflict: true,
      uniqueness: 'shared',
      lengths: { userName: 21 },
      readBack: true,
      searchable: { users: ['userName'], groups: ['displayName'], operators: ['eq', 'and'], others: ['emails'] },
      rate: [
        { methods: ['POST', 'PUT', 'PATCH', 'DELETE'], path: '', requests: 600, perSeconds: 60, burst: 18 },
        { methods: ['GET'], path: '', requests: 1_000, perSeconds: 60, burst: 30 },
        { methods: ['GET'], path: '/Users', requests: 300, perSeconds: 60, burst: 9 },
        { methods: ['POST', 'PUT', 'PATCH', 'DELETE'], path: '/Users', requests: 180, perSeconds: 60, burst: 5 },
      ],
      rateShared: true,
    },
    mapping: { userName: 'ToLower(Left(Word([email], 1, "@"), 21))' },
  },
  {
    name: 'aws-identity-center',
    describes: 'AWS IAM Identity Center',
    source: 'https://docs.aws.amazon.com/singlesignon/latest/developerguide/limitations.html',
    baseUrl: 'https://scim.{region}.amazonaws.com/{tenant}/scim/v2',
    switches: {
      filterInPath: false,
      searchable: { users: ['externalId', 'userName'], groups: ['displayName'], operators: ['eq', 'and'], others: [] },
      excludedAttributes: false,
      readMembers: 'by-filter',
      memberRemoval: 'value-list',
      maxMembers: 100,
      paging: 'cursor',
      forbiddenCharacters: '\t\n<>|;:%',
      required: ['userName', 'name.givenName', 'name.familyName', 'displayName'],
      maxValues: { emails: 1, phoneNumbers: 1, addresses: 1 },
      // All APIs of the service together: 20 a second (userguide/limits.html, "Throttle limits").
      rate: [{ methods: [], path: '', requests: 20, perSeconds: 1, burst: 2 }],
      rateShared: true,
      errors: [
        { status: null, contains: 'ThrottlingException', means: 'throttled' },
        { status: null, contains: 'ConflictException', means: 'conflict' },
        { status: null, contains: 'ValidationException', means: 'validation' },
      ],
    },
    mapping: {},
  },
  {
    name: 'salesforce',
    describes: 'Salesforce: users are disabled and never deleted, groups must exist, searches know no precedence',
    source: 'https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_implementation.htm',
    baseUrl: 'https://{domain}.my.salesforce.com/services/scim/v2',
    switches: {
      discovery: 'ServiceProviderConfigs',
      deleteMeans: 'soft',
      createGroups: false,
      uniqueness: 'global',
      pageSize: 200,
      ifMatch: false,
      searchable: { users: ['externalId', 'userName'], groups: ['displayName'], operators: ['eq', 'and'] },
      required: ['userName', 'name.familyName', 'emails', 'entitlements'],
      errors: [
        { status: null, contains: 'DuplicateUserName', means: 'conflict' },
        { status: null, contains: 'LicenseLimitExceeded', means: 'licence' },
      ],
    },
    mapping: {},
  },
  {
    name: 'github-emu',
    describes: 'GitHub Enterprise Managed Users',
    source:
      'https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim/provisioning-users-and-groups-with-scim-using-the-rest-api',
    baseUrl: 'https://api.github.com/scim/v2/enterprises/{enterprise}',
    switches: {
      deleteMeans: 'irreversible',
      userNameForm: 'rewritten',
      headers: { 'X-GitHub-Api-Version': '2022-11-28' },
      required: ['userName', 'emails', 'name.givenName', 'name.familyName', 'displayName'],
      maxMembers: 100,
      rate: [{ methods: ['POST'], path: '/Users', requests: 1_000, perSeconds: 3_600, burst: 10 }],
      searchable: {
        users: ['externalId', 'userName'],
        groups: ['displayName'],
        operators: ['eq'],
        others: ['displayName'],
      },
    },
    mapping: {},
  },
  {
    name: 'servicenow',
    describes:
      'ServiceNow: values that are too long are cut, a search by externalId answers with the matches of every source',
    source:
      'https://www.servicenow.com/docs/r/platform-security/identity/scim-customization-properties-and-schemas.html',
    baseUrl: 'https://{instance}.service-now.com/api/now/scim',
    switches: {
      searchable: { users: ['userName'], groups: ['displayName'], operators: ['eq', 'and'] },
      readBack: true,
      errors: [{ status: null, contains: 'InvalidLookupReference', means: 'validation' }],
    },
    mapping: {},
  },
  {
    name: 'scim1',
    describes:
      'SCIM 1.1 in the style of Facebook Workplace: users and groups are written whole, users are never deleted',
    source: 'https://simplecloud.info/specs/draft-scim-api-01.html',
    baseUrl: 'https://{host}/scim/v1',
    switches: {
      version: '1.1',
      contentType: 'application/json',
      accept: 'application/json',
      discovery: 'ServiceProviderConfigs',
      update: 'read-and-put',
      deactivate: 'put',
      deleteMeans: 'unsupported',
      excludedAttributes: false,
      searchable: { users: ['userName'], groups: ['displayName'], operators: ['eq'], others: [] },
      memberChanges: 'put',
    },
    mapping: {},
  },
];

/** The template of this name; undefined for none. */
export const templateNamed = (name: string): ProfileTemplate | undefined => templates.find((one) => one.name === name);

/** The whole profile that a template and further switches make. */
export function profileBy(name: string, switches: Partial<ScimProfile>): ScimProfile {
  return { ...generic, ...templateNamed(name)?.switches, ...switches };
}
