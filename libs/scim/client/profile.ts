import type { RateBucket } from '#libs/outgoing/pace.js';

/** What a refusal means that the application words in its own way. */
export interface ErrorMeaning {
  /** Null for any status from 400 on. */
  readonly status: number | null;
  /** A part of the answer's text, in any case. */
  readonly contains: string;
  readonly means: 'transient' | 'throttled' | 'conflict' | 'validation' | 'auth' | 'gone' | 'licence';
}

/** Attributes and operators that an application's searches understand. */
export interface Searchable {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly operators: readonly ('eq' | 'and' | 'or')[];
  /** Further attributes of users; left out where every attribute can be searched by. */
  readonly others?: readonly string[];
}

/** What the application takes in one Bulk request. */
export interface BulkTerms {
  readonly maxOperations: number;
  /** Bytes. */
  readonly maxPayloadSize: number;
}

type MediaType = 'application/scim+json' | 'application/json' | 'none';

/**
 * How one application speaks SCIM: each switch is a deviation that real applications have. `profile-switches.ts` says what each
 * value means and which are allowed, `templates.ts` has the profiles of known applications.
 */
export interface ScimProfile {
  readonly version: '2.0' | '1.1';
  readonly usersPath: string;
  readonly groupsPath: string;
  readonly contentType: MediaType;
  readonly accept: MediaType;
  readonly discovery: 'none' | 'ServiceProviderConfig' | 'ServiceProviderConfigs';
  readonly update: 'patch' | 'read-and-put';
  readonly patchOps: 'lower' | 'capital';
  readonly patchShape: 'paths' | 'pathless' | 'dotted';
  readonly filterInPath: boolean;
  readonly booleans: 'boolean' | 'string';
  readonly deactivate: 'patch-path' | 'patch-pathless' | 'put' | 'delete' | 'none';
  readonly deleteMeans: 'hard' | 'soft' | 'irreversible' | 'unsupported';
  readonly reactivateOnConflict: boolean;
  readonly memberChanges: 'patch' | 'put' | 'user-groups';
  readonly memberRemoval: 'filter' | 'value-list';
  /** Null: the application takes no Bulk requests. */
  readonly bulk: BulkTerms | null;
  readonly maxMembers: number;
  readonly maxBytes: number;
  readonly createGroups: boolean;
  readonly membersOnCreate: 'left-out' | 'empty-list';
  readonly readMembers: 'in-group' | 'by-filter' | 'never';
  readonly excludedAttributes: boolean;
  readonly notFound: 'either' | 'empty-list' | '404';
  readonly searchable: Searchable;
  readonly paging: 'index' | 'cursor' | 'none';
  readonly pageSize: number;
  readonly listTrust: 'complete' | 'incomplete';
  readonly ignoredIds: readonly string[];
  readonly uniqueness: 'tenant' | 'global' | 'shared';
  readonly userNameForm: 'as-sent' | 'lower-case' | 'rewritten';
  readonly lengths: Readonly<Record<string, number>>;
  readonly caseExact: readonly string[];
  readonly forbiddenCharacters: string;
  readonly required: readonly string[];
  readonly maxValues: Readonly<Record<string, number>>;
  readonly rate: readonly RateBucket[];
  readonly rateShared: boolean;
  readonly retryAfterHeader: string;
  readonly retryAfterForm: 'standard' | 'epoch-seconds';
  readonly readBack: boolean;
  readonly tokenDays: number | null;
  readonly clear: 'remove' | 'empty-text' | 'null' | 'unsupported';
  readonly ifMatch: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly ErrorMeaning[];
}

/** RFC 7644 as every application should speak it, and no more than every application understands. */
export const generic: ScimProfile = {
  version: '2.0',
  usersPath: '/Users',
  groupsPath: '/Groups',
  contentType: 'application/scim+json',
  accept: 'application/scim+json',
  discovery: 'ServiceProviderConfig',
  update: 'patch',
  patchOps: 'lower',
  patchShape: 'paths',
  filterInPath: true,
  booleans: 'boolean',
  deactivate: 'patch-path',
  deleteMeans: 'hard',
  reactivateOnConflict: false,
  memberChanges: 'patch',
  memberRemoval: 'filter',
  bulk: null,
  maxMembers: 100,
  maxBytes: 1_000_000,
  createGroups: true,
  membersOnCreate: 'left-out',
  readMembers: 'in-group',
  excludedAttributes: true,
  notFound: 'either',
  searchable: { users: ['externalId', 'userName'], groups: ['displayName'], operators: ['eq', 'and', 'or'] },
  paging: 'index',
  pageSize: 100,
  listTrust: 'complete',
  ignoredIds: [],
  uniqueness: 'tenant',
  userNameForm: 'as-sent',
  lengths: {},
  caseExact: [],
  forbiddenCharacters: '',
  required: [],
  maxValues: {},
  rate: [],
  rateShared: false,
  retryAfterHeader: 'retry-after',
  retryAfterForm: 'standard',
  readBack: false,
  tokenDays: null,
  clear: 'remove',
  ifMatch: true,
  headers: {},
  errors: [],
};

/** SCIM 1.1 names another schema for everything. @see https://simplecloud.info/specs/draft-scim-core-schema-01.html */
export const isOld = ({ version }: Pick<ScimProfile, 'version'>): boolean => version === '1.1';
