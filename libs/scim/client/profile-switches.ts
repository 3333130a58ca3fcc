import type { ProblemError } from '#libs/problems/problem.js';
import { errors, headerName, headers, rate, searchable } from './compound-switches.js';
import type { ScimProfile } from './profile.js';
import {
  attribute,
  choice,
  flag,
  isObject,
  isWhole,
  number,
  numbers,
  type Switch,
  text,
  texts,
} from './switch-kinds.js';

const path = /^\/[\w./-]{1,100}$/;
const media = (means: string): Switch => choice(means, 'application/scim+json', 'application/json', 'none');

/** Every switch of a profile. */
export const switches: { readonly [Name in keyof ScimProfile]: Switch } = {
  version: choice('Version of SCIM', '2.0', '1.1'),
  usersPath: text('Path of users below the base address', path, 'a path such as /Users'),
  groupsPath: text('Path of groups below the base address', path, 'a path such as /Groups'),
  contentType: media('Media type of what is sent; none sends no such header'),
  accept: media('Media type that is asked for; none asks for any'),
  discovery: choice(
    'Where the service describes itself; none: its schemas are not asked for either',
    'none',
    'ServiceProviderConfig',
    'ServiceProviderConfigs',
  ),
  update: choice(
    'How a user is changed. read-and-put reads the whole user and writes it back',
    'patch',
    'read-and-put',
  ),
  patchOps: choice('How operations of a PATCH are written: replace or Replace', 'lower', 'capital'),
  patchShape: choice(
    'One operation for each path; or one without a path whose value is nested, or has paths as names',
    'paths',
    'pathless',
    'dotted',
  ),
  filterInPath: flag('Paths may have conditions, such as emails[type eq "work"]. Otherwise lists are written whole'),
  booleans: choice('How true and false are written in a PATCH; string writes "True" and "False"', 'boolean', 'string'),
  deactivate: choice(
    'How an account is disabled. delete: the application disables when it is told to delete',
    'patch-path',
    'patch-pathless',
    'put',
    'delete',
    'none',
  ),
  deleteMeans: choice(
    'What DELETE of a user does. soft only disables; irreversible can never be undone',
    'hard',
    'soft',
    'irreversible',
    'unsupported',
  ),
  reactivateOnConflict: flag('After a refusal because a name is taken, disabled accounts are searched, too'),
  memberChanges: choice(
    'How members change: by a PATCH of the group, by writing the whole group, or by a PATCH of the user',
    'patch',
    'put',
    'user-groups',
  ),
  memberRemoval: choice(
    'How a PATCH names the members that it removes: in the path, or in a list of values',
    'filter',
    'value-list',
  ),
  bulk: {
    means: 'What the application takes in one Bulk request; null: it takes none',
    schema: {
      type: ['object', 'null'],
      required: ['maxOperations', 'maxPayloadSize'],
      additionalProperties: false,
      properties: {
        maxOperations: { type: 'integer', minimum: 2, maximum: 10_000 },
        maxPayloadSize: { type: 'integer', minimum: 1_000, maximum: 100_000_000 },
      },
    },
    problem: (value) =>
      value === null ||
      (isObject(value) &&
        Object.keys(value).every((name) => ['maxOperations', 'maxPayloadSize'].includes(name)) &&
        isWhole(value['maxOperations'], 2, 10_000) &&
        isWhole(value['maxPayloadSize'], 1_000, 100_000_000))
        ? null
        : 'must be null, or {"maxOperations": 100, "maxPayloadSize": 1048576}: from 2 to 10000, and from 1000 to 100000000 bytes',
  },
  maxMembers: number('Members in one call, at most', 1, 10_000),
  maxBytes: number('Bytes of a change of members, at most', 1_000, 10_000_000),
  createGroups: flag('Groups can be made. Otherwise a group must exist in the application'),
  membersOnCreate: choice('Whether a new group is sent with an empty list of members', 'left-out', 'empty-list'),
  readMembers: choice(
    'Where members can be read: in the group, by a search for one member, or not at all',
    'in-group',
    'by-filter',
    'never',
  ),
  excludedAttributes: flag('The query excludedAttributes is understood'),
  notFound: choice('How a search that finds nothing is answered', 'either', 'empty-list', '404'),
  searchable,
  paging: choice(
    'How lists are paged: by index from 1, by cursor (RFC 9865), or not at all',
    'index',
    'cursor',
    'none',
  ),
  pageSize: number('Resources on a page', 1, 1_000),
  listTrust: choice(
    'Whether a list that was read to its end is complete: incomplete proves no absence',
    'complete',
    'incomplete',
  ),
  ignoredIds: texts('Ids of resources that the application invents', /^.{1,200}$/, 'an id'),
  uniqueness: choice(
    'Where a userName is unique: here, over all customers, or together with other objects',
    'tenant',
    'global',
    'shared',
  ),
  userNameForm: choice('What becomes of a userName', 'as-sent', 'lower-case', 'rewritten'),
  lengths: numbers('Characters of an attribute, at most. A longer value is refused, never cut', 1, 100_000),
  caseExact: texts(
    'Attributes in whose texts the application tells cases apart: a text in another case is another one there',
    attribute,
    'the name of an attribute',
  ),
  forbiddenCharacters: { ...text('Characters that no value may have', /^[\s\S]{0,100}$/, 'at most 100 characters') },
  required: texts('Attributes without which no account can be made', attribute, 'the name of an attribute'),
  maxValues: numbers('Values of a list, at most', 1, 1_000),
  rate,
  rateShared: flag('Other clients of the application share its limits of requests'),
  retryAfterHeader: text('Header that says when to call again', headerName, 'the name of a header'),
  retryAfterForm: choice('Its form: seconds or a date, or seconds since 1970', 'standard', 'epoch-seconds'),
  readBack: flag('A success is believed only after a reading'),
  tokenDays: number('Days that a token of the application lives', 1, 3_650, true),
  clear: choice('How an attribute is emptied', 'remove', 'empty-text', 'null', 'unsupported'),
  ifMatch: flag('A change says which version it changes (If-Match), where the application shows versions'),
  headers,
  errors,
};

/** What is wrong with the values of switches. @param pointer where they stand in the document */
export function switchProblems(stated: Readonly<Record<string, unknown>>, pointer: string): ProblemError[] {
  return Object.entries(stated).flatMap(([name, value]) => {
    const known = Object.hasOwn(switches, name) ? switches[name as keyof ScimProfile] : undefined;
    const detail =
      known === undefined ? `is no switch: use one of ${Object.keys(switches).join(', ')}` : known.problem(value);
    return detail === null ? [] : [{ pointer: `${pointer}/${name}`, detail }];
  });
}
