import type { ScimProfile } from './profile.js';
import { attribute, isList, isObject, isText, isWhole, type Switch } from './switch-kinds.js';

export const headerName = /^[A-Za-z][\w-]{0,60}$/;
const headerValue = /^[\x20-\x7e]{1,200}$/;
/** Headers that belong to the call itself, or to its credentials. */
const ownHeaders = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'host',
  'content-type',
  'content-length',
  'accept',
  'connection',
  'transfer-encoding',
  'if-match',
];

export const searchable: Switch = {
  means:
    'Attributes that can be searched by, and the operators that a filter may have. others: further attributes of users; left out, every one',
  schema: {
    type: 'object',
    required: ['users', 'groups', 'operators'],
    additionalProperties: false,
    properties: {
      users: { type: 'array', items: { type: 'string', enum: ['externalId', 'userName'] } },
      groups: { type: 'array', items: { type: 'string', enum: ['displayName'] } },
      operators: { type: 'array', items: { type: 'string', enum: ['eq', 'and', 'or'] } },
      others: { type: 'array', maxItems: 50, items: { type: 'string', pattern: attribute.source } },
    },
  },
  problem: (value) => {
    const known = { users: ['externalId', 'userName'], groups: ['displayName'], operators: ['eq', 'and', 'or'] };
    const isKnown =
      isObject(value) &&
      Object.keys(value).every((name) => name === 'others' || Object.hasOwn(known, name)) &&
      (value['others'] === undefined || isList(value['others'], attribute)) &&
      Object.entries(known).every(([name, all]) => {
        const some = value[name];
        return Array.isArray(some) && some.every((one) => all.includes(one as string));
      });
    if (!isKnown)
      return 'must be {"users": [externalId, userName], "groups": [displayName], "operators": [eq, and, or]}, or a part of each list, and others as a list of attributes';
    const { users, operators } = value as unknown as ScimProfile['searchable'];
    if (users.length === 0) return 'must name externalId or userName: without a search an account could be made twice';
    return operators.includes('eq') ? null : 'must have the operator eq: every search uses it';
  },
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
export const rate: Switch = {
  means:
    'Limits of requests: so many in so many seconds, of these methods (none: all), to paths with this part (empty: all)',
  schema: {
    type: 'array',
    maxItems: 10,
    items: {
      type: 'object',
      required: ['methods', 'path', 'requests', 'perSeconds', 'burst'],
      additionalProperties: false,
      properties: {
        methods: { type: 'array', items: { type: 'string', enum: methods } },
        path: { type: 'string', maxLength: 100 },
        requests: { type: 'integer', minimum: 1, maximum: 1_000_000 },
        perSeconds: { type: 'integer', minimum: 1, maximum: 86_400 },
        burst: { type: 'integer', minimum: 1, maximum: 10_000 },
      },
    },
  },
  problem: (value) =>
    Array.isArray(value) && value.length <= 10 && value.every(isBucket)
      ? null
      : 'must be a list of at most 10 limits such as {"methods": ["GET"], "path": "/Users", "requests": 300, "perSeconds": 60, "burst": 20}: requests from 1 to 1000000, perSeconds from 1 to 86400, burst from 1 to 10000',
};

const isBucket = (one: unknown): boolean =>
  isObject(one) &&
  Object.keys(one).every((name) => ['methods', 'path', 'requests', 'perSeconds', 'burst'].includes(name)) &&
  Array.isArray(one['methods']) &&
  one['methods'].every((method) => methods.includes(method as string)) &&
  typeof one['path'] === 'string' &&
  one['path'].length <= 100 &&
  isWhole(one['requests'], 1, 1_000_000) &&
  isWhole(one['perSeconds'], 1, 86_400) &&
  isWhole(one['burst'], 1, 10_000);

export const headers: Switch = {
  means: 'Headers that each call has besides. Credentials belong in auth',
  schema: {
    type: 'object',
    propertyNames: { pattern: headerName.source, not: { enum: ownHeaders } },
    additionalProperties: { type: 'string', pattern: headerValue.source },
  },
  problem: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, one]) => headerName.test(name) && !ownHeaders.includes(name.toLowerCase()) && isText(one, headerValue),
    )
      ? null
      : `must give names of headers plain values, and none of ${ownHeaders.join(', ')}`,
};

const meanings = ['transient', 'throttled', 'conflict', 'validation', 'auth', 'gone', 'licence'];
export const errors: Switch = {
  means: 'What an answer means that holds this text: for refusals that the application words in its own way',
  schema: {
    type: 'array',
    maxItems: 50,
    items: {
      type: 'object',
      required: ['status', 'contains', 'means'],
      additionalProperties: false,
      properties: {
        status: { type: ['integer', 'null'], minimum: 400, maximum: 599 },
        contains: { type: 'string', minLength: 1, maxLength: 200 },
        means: { type: 'string', enum: meanings },
      },
    },
  },
  problem: (value) =>
    Array.isArray(value) && value.length <= 50 && value.every(isMeaning)
      ? null
      : `must be a list of at most 50 such as {"status": 400, "contains": "LicenseLimit", "means": "licence"}: status from 400 to 599 or null, means one of ${meanings.join(', ')}`,
};

const isMeaning = (one: unknown): boolean =>
  isObject(one) &&
  Object.keys(one).every((name) => ['status', 'contains', 'means'].includes(name)) &&
  (one['status'] === null || isWhole(one['status'], 400, 599)) &&
  isText(one['contains'], /^.{1,200}$/) &&
  meanings.includes(one['means'] as string);
