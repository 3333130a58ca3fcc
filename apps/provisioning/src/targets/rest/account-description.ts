import { sourcesOf } from './request-body.js';
import type { DescriptionReader } from './description-reader.js';
import { isPointer } from './json-pointer.js';
import { durationOf, type ListRequest, listOf, requestIn, requestOf, type RequestTemplate } from './rest-requests.js';
import type { Known } from './template.js';

/** How an API shows and changes accounts. */
export interface AccountDescription {
  readonly shown: ShownDescription;
  /** Where an answer about one account has it; the whole answer for ''. */
  readonly at: string;
  readonly find: readonly FindRequest[];
  readonly read: RequestTemplate;
  readonly list: ListRequest;
  readonly create: RequestTemplate;
  /** Where the answer to a creation has the id, if it does not show the account; null where it does. */
  readonly created: string | null;
  readonly change: RequestTemplate;
  readonly disable: RequestTemplate;
  readonly enable: RequestTemplate;
  readonly remove: RequestTemplate | null;
  /** How long after its answer a change may not be shown yet. */
  readonly eventuallyMs: number;
}

/** Where an account, as the API shows it, has what. Null where it does not show it. */
export interface ShownDescription {
  readonly id: string;
  readonly externalId: string | null;
  readonly userName: string;
  readonly createdAt: string | null;
  /** The account may be used if one of these values is there. */
  readonly active: { readonly pointer: string; readonly equals: readonly unknown[] };
  /** By target of the mapping. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A search by one name. */
export interface FindRequest {
  readonly by: 'externalId' | 'userName';
  /** With `items` it answers with a list, else with the account itself, or that there is none. */
  readonly request: ListRequest | RequestTemplate;
}

/** What a change or creation may read: every target of the mapping. */
const written: Known = { names: ['account.id'], attributes: true };
const ofAccount: Known = ['account.id'];

/** What of a mapping the bodies of a creation and a change read, each with the field that reads it. */
export function attributesRead({ create, change }: AccountDescription): (readonly [field: string, source: string])[] {
  const given = ['account.id', 'externalId'];
  const ofOne = (field: string, { path, body }: RequestTemplate): (readonly [string, string])[] =>
    [...path.sources, ...(body === undefined ? [] : sourcesOf(body))]
      .filter((source) => !given.includes(source))
      .map((source) => [field, source] as const);
  return [...ofOne('create', create), ...ofOne('change', change)];
}

export function accountsOf(reader: DescriptionReader | null): AccountDescription | null {
  if (reader === null) return null;
  const list = listOf(reader.part('list', 'say how all accounts are listed'), []);
  list?.reader.end();
  const read = reader.part('read', 'say how one account is read: a change is verified by it');
  const changing = (field: string, mend: string | null, known: Known): RequestTemplate | undefined =>
    requestOf(reader.part(field, mend), known)?.request;
  const described = {
    shown: shownOf(reader.part('shown', 'say where an account has its id, userName and state')),
    at: reader.point('at', null) ?? '',
    find: findsOf(reader),
    read: read && requestIn(read, ofAccount, 'GET'),
    list: list?.request,
    create: changing('create', 'say how an account is created', written),
    created: reader.point('created', null),
    change: changing('change', 'say how attributes of an account are changed', written),
    disable: changing('disable', 'say how an account is disabled: a person who leaves loses it so', ofAccount),
    enable: changing('enable', 'say how a disabled account is enabled', ofAccount),
    remove: changing('remove', null, ofAccount) ?? null,
    eventuallyMs: durationOf(reader),
  };
  read?.end();
  reader.end();
  return described as AccountDescription;
}

function shownOf(reader: DescriptionReader | null): ShownDescription | null {
  if (reader === null) return null;
  const active = reader.part(
    'active',
    'say by which value an account may be used: {"pointer": "/active", "equals": [true]}',
  );
  const shown = {
    id: reader.point('id', 'say where an account has its id, for example /id'),
    externalId: reader.point('externalId', null),
    userName: reader.point('userName', 'say where an account has its user name, for example /login'),
    createdAt: reader.point('createdAt', null),
    active: active && {
      pointer: active.point('pointer', 'say where an account has its state, for example /active'),
      equals: active.list('equals', 'give the values of an account that may be used, for example [true]'),
    },
    attributes: attributesOf(reader),
  };
  active?.end();
  reader.end();
  return shown as ShownDescription;
}

function attributesOf(reader: DescriptionReader): Readonly<Record<string, string>> {
  const stated = reader.value('attributes') ?? {};
  if (typeof stated !== 'object' || Array.isArray(stated)) {
    reader.refuse('must be an object: a JSON Pointer for each target of the mapping', 'attributes');
    return {};
  }
  const entries = Object.entries(stated as Record<string, unknown>);
  const isGood = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string' && isPointer(entry[1]);
  for (const [target] of entries.filter((entry) => !isGood(entry)))
    reader.problems.push({
      pointer: `${reader.pointerOf('attributes')}/${target}`,
      detail: 'must be a JSON Pointer (RFC 6901) into the account, for example /name/first',
    });
  return Object.fromEntries(entries.filter(isGood));
}

function findsOf(accounts: DescriptionReader): readonly FindRequest[] {
  const mend =
    'say how an account is found by its user name, for example [{"by": "userName", "path": "/users/{{[userName]}}"}]';
  const finds = accounts.parts('find', mend).flatMap((reader): FindRequest[] => {
    const by = reader.oneOf('by', ['externalId', 'userName'], 'say by which name: externalId or userName');
    const known = by === null ? ['externalId', 'userName'] : [by];
    const isList = reader.value('items') !== undefined;
    const request = isList ? listOf(reader, known)?.request : requestIn(reader, known, 'GET');
    reader.end();
    return by === null || request === undefined ? [] : [{ by, request }];
  });
  if (!finds.some(({ by }) => by === 'userName'))
    accounts.refuse('must have a search by userName: an account is looked for before one is created', 'find');
  return finds;
}
