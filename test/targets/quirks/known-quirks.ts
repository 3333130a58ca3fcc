import {
  isUsers,
  isGroups,
  refuses,
  noOr,
  searchesBy,
  deleteDisables,
  isOpBy,
  isProfileLost,
  resources,
  count,
  listOf,
  without,
  members,
  withoutMembers,
  cursorPage,
  rewritten,
} from './quirk-rules.js';
import { filterOf, operationsOf, type Quirk, refused } from './quirk-server.js';

/** What each kind of application does differently. The name is that of the profile that fits it. */
export const knownQuirks: Readonly<Record<string, readonly Quirk[]>> = {
  'entra-style': [
    refuses('scim-quirks A1, A2: operations are Add, Replace, Remove; others are unknown', (request) =>
      operationsOf(request).some(({ op }) => !['Add', 'Replace', 'Remove'].includes(String(op)))
        ? 'invalidSyntax: the operation is not known'
        : null,
    ),
    refuses('scim-quirks A1: active is "True" or "False"', (request) =>
      operationsOf(request).some(({ path, value }) => path === 'active' && typeof value !== 'string')
        ? 'invalidValue: active must be "True" or "False"'
        : null,
    ),
    refuses('scim-quirks A1: members are removed by a list of values', (request) =>
      isOpBy(request, /^members\[/) ? 'invalidPath: members have no conditions' : null,
    ),
    noOr('scim-quirks A1: only eq and and are used'),
  ],
  'okta-style': [
    {
      cites: 'scim-quirks A3: 404 is taken for "not found"',
      after: (reply, request) => {
        const none = request.method === 'GET' && filterOf(request) !== '' && count(reply) === 0;
        return none ? { status: 404, body: { detail: 'User not found' } } : reply;
      },
    },
    refuses('scim-quirks A3: a user is changed by PUT; PATCH without a path only changes active', (request) =>
      isUsers(request) && operationsOf(request).some(({ path }) => path !== undefined)
        ? 'invalidPath: PATCH takes no path'
        : null,
    ),
    searchesBy('scim-quirks A3: users are looked up by userName', ['userName']),
    refuses(
      'scim-quirks A3: users are never deleted',
      ({ method, path }) => (method === 'DELETE' && path.startsWith('/Users') ? 'DELETE is not supported' : null),
      405,
    ),
  ],
  slack: [
    refuses(
      'scim-quirks A4: no SCIM media type',
      ({ headers }) =>
        String(headers['content-type'] ?? '').includes('scim') ? 'the media type is not supported' : null,
      415,
    ),
    refuses('scim-quirks B Slack: userName has at most 21 characters', ({ method, path, body }) =>
      method === 'POST' && path === '/Users' && String(body['userName']).length > 21 ? 'username_too_long' : null,
    ),
    searchesBy('scim-quirks B Slack: users are matched by userName and e-mail only', ['userName']),
    deleteDisables('scim-quirks B Slack: DELETE deactivates'),
    {
      cites: 'scim-quirks B Slack, C10: a deactivated user is found only among the inactive ones',
      after: (reply, request) => {
        const plain = isUsers(request) && request.method === 'GET' && !filterOf(request).includes('active');
        return plain && filterOf(request) !== '' ? without(reply, (one) => one['active'] === false) : reply;
      },
    },
  ],
  'aws-identity-center': [
    noOr('scim-quirks B AWS: filters have eq and and'),
    refuses('scim-quirks B AWS: excludedAttributes is not supported', ({ query }) =>
      query.has('excludedAttributes') ? 'ValidationException: excludedAttributes is not supported' : null,
    ),
    refuses('scim-quirks C6 AWS: paths have no conditions', (request) =>
      isOpBy(request, /\[/) ? 'ValidationException: the path is not supported' : null,
    ),
    refuses('scim-quirks B AWS: at most 100 changes of members in a request', (request) =>
      isGroups(request) && members(request) > 100 ? 'ValidationException: more than 100 members' : null,
    ),
    refuses('scim-quirks B AWS: one e-mail, one phone number, one address', ({ body }) =>
      ['emails', 'phoneNumbers', 'addresses'].some((name) => Array.isArray(body[name]) && body[name].length > 1)
        ? 'ValidationException: only one value is supported'
        : null,
    ),
    refuses('scim-quirks B AWS: names and displayName are required', ({ method, path, body }) =>
      method === 'POST' && path === '/Users' && (body['name'] === undefined || body['displayName'] === undefined)
        ? 'ValidationException: name and displayName are required'
        : null,
    ),
    {
      cites: 'scim-quirks B AWS: groups show no members; a filter by id and members tells',
      after: (reply, request) => {
        if (!isGroups(request) || request.method !== 'GET') return reply;
        return { ...reply, body: withoutMembers(reply.body) };
      },
    },
    {
      cites: 'scim-quirks B AWS: cursor paging (RFC 9865); without it at most 50 are shown',
      instead: (request) => (request.method === 'GET' && /^\/\w+$/.test(request.path) ? cursorPage(request) : null),
    },
  ],
  salesforce: [
    refuses(
      'scim-quirks B Salesforce: the path is ServiceProviderConfigs',
      ({ path }) => (path === '/ServiceProviderConfig' ? 'not found' : null),
      404,
    ),
    refuses(
      'scim-quirks B Salesforce: groups are only read and updated',
      ({ method, path }) => (method === 'POST' && path === '/Groups' ? 'groups cannot be created' : null),
      403,
    ),
    deleteDisables('scim-quirks B Salesforce: DELETE deactivates'),
    refuses('scim-quirks B Salesforce, C27: a user has exactly one profile', (request) =>
      isProfileLost(request) ? 'FIELD_INTEGRITY_EXCEPTION: a user has exactly one profile' : null,
    ),
    noOr('scim-quirks B Salesforce: and has no precedence over or'),
    {
      cites: 'scim-quirks B Salesforce: userName is unique over all customers: SalesforceDuplicateUserName',
      after: (reply, { method }) =>
        method === 'POST' && reply.status === 409
          ? refused(400, 'SalesforceDuplicateUserName: the name is taken')
          : reply,
    },
  ],
  'github-emu': [
    {
      cites: 'scim-quirks B GitHub: userName is normalised',
      after: (reply) => ({ ...reply, body: rewritten(reply.body) }),
    },
    noOr('scim-quirks B GitHub: filters are simple'),
    refuses(
      'scim-quirks B GitHub: the header User-Agent is mandatory',
      ({ headers }) => (headers['user-agent'] === undefined ? 'give a User-Agent' : null),
      403,
    ),
  ],
  servicenow: [
    {
      cites: 'scim-quirks B ServiceNow: a search by externalId answers with the matches of several sources',
      after: (reply, request) => {
        if (!isUsers(request) || !filterOf(request).startsWith('externalId') || count(reply) === 0) return reply;
        const [own] = resources(reply);
        return listOf([own ?? {}, { ...own, id: 'elsewhere', userName: 'of-another-source' }]);
      },
    },
    {
      cites: 'scim-quirks B ServiceNow: long values are cut silently',
      after: (reply, { method, path, body, directory }) => {
        if (!['POST', 'PUT', 'PATCH'].includes(method) || !path.startsWith('/Users')) return reply;
        const echoed = structuredClone(reply.body);
        for (const user of directory.users.values())
          if (typeof user['title'] === 'string') user['title'] = user['title'].slice(0, 40);
        return { ...reply, body: echoed, headers: { 'x-sent': String(Object.keys(body).length) } };
      },
    },
  ],
  scim1: [
    refuses('SCIM 1.1 core schema: urn:scim:schemas:core:1.0', ({ method, body }) =>
      ['POST', 'PUT'].includes(method) && !String(body['schemas']).includes('urn:scim:schemas:core:1.0')
        ? 'the schema is not known'
        : null,
    ),
    refuses('SCIM 1.1 protocol §3.3: PATCH is optional', ({ method }) => (method === 'PATCH' ? 'no PATCH' : null), 405),
    refuses('SCIM 1.1 in the style of Facebook Workplace: users are looked up by userName', (request) =>
      /externalId/.test(filterOf(request)) ? 'the filter is not supported' : null,
    ),
    refuses(
      'SCIM 1.1 in the style of Facebook Workplace: accounts are deactivated',
      ({ method, path }) => (method === 'DELETE' && path.startsWith('/Users') ? 'not allowed' : null),
      405,
    ),
    {
      cites: 'SCIM 1.1 protocol §3.9: errors are a list',
      after: (reply) =>
        reply.status < 400
          ? reply
          : { ...reply, body: { Errors: [{ description: 'refused', code: String(reply.status) }] } },
    },
  ],
};
