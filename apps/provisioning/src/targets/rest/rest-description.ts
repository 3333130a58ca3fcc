import type { ProblemError } from '#libs/problems/problem.js';
import { DescriptionReader } from './description-reader.js';
import { compileTemplate, TemplateError, type Template } from './template.js';

/** How an application's own API grants roles, as a connector document describes it, ready to be used. */
export interface RestDescription {
  /** Null: the connector's own address. */
  readonly baseUrl: string | null;
  /** Answers that say that a thing is not there. */
  readonly notFound: AnswerTest;
  /** What an answer with a status from 200 to 299 must also show to be a success; null for nothing more. */
  readonly success: AnswerTest | null;
  readonly errors: readonly (AnswerTest & { readonly class: ErrorClass })[];
  /** Where a refusal has the application's words. */
  readonly words: string | null;
  /** Header that takes the key of an operation, so that the application carries it out once; null for none. */
  readonly keyHeader: string | null;
  readonly roles: RoleDescription;
}

export type ErrorClass = 'refused' | 'conflict' | 'throttled' | 'outage' | 'credentials';

/** A status, and a value in the answer where the status alone does not tell. */
export interface AnswerTest {
  readonly status: readonly number[];
  readonly at: { readonly pointer: string; readonly equals: readonly unknown[] } | null;
}

export interface RoleDescription {
  readonly list: ListRequest & { readonly id: string; readonly name: string; readonly description: string | null };
  /** The accounts that hold one role; null where the application does not show them. */
  readonly holders: (ListRequest & { readonly account: string }) | null;
  /** The roles of one account. */
  readonly held: ListRequest & { readonly role: string; readonly assignment: string | null };
  readonly grant: RequestTemplate;
  readonly revoke: RequestTemplate;
  /** How long after its answer a change may not be shown yet. */
  readonly eventuallyMs: number;
}

export interface RequestTemplate {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: Template;
  /** JSON whose texts are templates; undefined for none. */
  readonly body: BodyTemplate | undefined;
}

export type BodyTemplate =
  | Template
  | number
  | boolean
  | null
  | readonly BodyTemplate[]
  | { readonly fields: Readonly<Record<string, BodyTemplate>> };

export interface ListRequest extends RequestTemplate {
  readonly items: string;
  readonly page: Paging | null;
}

/** `next`: where an answer has the next page. With a parameter it is a value of the query, else an address. */
export interface Paging {
  readonly next: string;
  readonly parameter: string | null;
  /** Where an answer has the number of items on all pages; null where it does not say. */
  readonly total: string | null;
}

const changing = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const classes = ['refused', 'conflict', 'throttled', 'outage', 'credentials'] as const;
const ofAccount = ['account.id'];
const ofRole = [...ofAccount, 'role.id', 'role.name'];
/** Headers that belong to the exchange or the credentials. */
const ownHeaders = /^(authorization|proxy-.*|cookie|host|content-.*|transfer-encoding|connection|accept|user-agent)$/i;

/** @param stated what a connector document has as `rest` */
export function compileRest(stated: unknown): { description: RestDescription | null; problems: ProblemError[] } {
  const problems: ProblemError[] = [];
  const reader = new DescriptionReader(stated, '/rest', problems);
  const description = {
    baseUrl: baseUrlOf(reader),
    notFound: notFoundOf(reader),
    success: testOf(reader.part('success', null)),
    errors: (reader.list('errors', null) ?? []).flatMap((one, index) =>
      errorOf(one, `/rest/errors/${index}`, problems),
    ),
    words: reader.point('words', null),
    keyHeader: keyHeaderOf(reader),
    roles: rolesOf(reader),
  };
  reader.end();
  return { description: problems.length > 0 ? null : (description as RestDescription), problems };
}

function baseUrlOf(reader: DescriptionReader): string | null {
  const text = reader.text('baseUrl', null);
  if (text === null) return null;
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[?#@]/.test(text);
  return isAddress
    ? text
    : reader.refuse('must be an https address without credentials, query and fragment', 'baseUrl');
}

function notFoundOf(reader: DescriptionReader): AnswerTest | null {
  const mend =
    'say how the API answers for what is not there, for example {"status": [404]}; without it a wrong address would look like access that was taken away';
  return testOf(reader.part('notFound', mend));
}

function keyHeaderOf(reader: DescriptionReader): string | null {
  const text = reader.text('keyHeader', null);
  if (text === null) return null;
  if (!/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(text))
    return reader.refuse('must be the name of a header, for example Idempotency-Key', 'keyHeader');
  return ownHeaders.test(text)
    ? reader.refuse('is a header that the hub sets itself: give another one', 'keyHeader')
    : text;
}

function testOf(reader: DescriptionReader | null): AnswerTest | null {
  if (reader === null) return null;
  const status = statusesOf(reader);
  const pointer = reader.point('pointer', null);
  const equals = reader.list(
    'equals',
    pointer === null ? null : 'give the values that the pointer may lead to, for example ["not_found"]',
  );
  if (pointer === null && equals !== null)
    reader.refuse('is missing: say where the answer has the value, for example /error/code', 'pointer');
  reader.end();
  return { status, at: pointer === null || equals === null ? null : { pointer, equals } };
}

function statusesOf(reader: DescriptionReader): readonly number[] {
  const list = reader.list('status', 'give a list of HTTP statuses, for example [404]') ?? [];
  const isStatus = (one: unknown): one is number => Number.isInteger(one) && Number(one) >= 200 && Number(one) <= 599;
  if (!list.every(isStatus)) reader.refuse('must be a list of HTTP statuses from 200 to 599', 'status');
  return list.filter(isStatus);
}

function errorOf(stated: unknown, pointer: string, problems: ProblemError[]): RestDescription['errors'] {
  const reader = new DescriptionReader(stated, pointer, problems);
  const kind = reader.oneOf('class', classes, `say what such an answer means: one of ${classes.join(', ')}`);
  const test = testOf(reader);
  return kind === null || test === null ? [] : [{ ...test, class: kind }];
}

function rolesOf(reader: DescriptionReader): RoleDescription | null {
  const roles = reader.part('roles', 'describe how roles are listed, held, granted and revoked');
  if (roles === null) return null;
  const list = listOf(roles.part('list', 'say how all roles are listed'), []);
  const held = listOf(
    roles.part('held', 'say how the roles of one account are read: a removal is verified by it'),
    ofAccount,
  );
  const holders = listOf(roles.part('holders', null), ['role.id', 'role.name']);
  const described = {
    holders: holders && {
      ...holders.request,
      account: holders.reader.point('account', 'say where one item has the id of its account, for example /id'),
    },
    list: list && {
      ...list.request,
      id: list.reader.point('id', 'say where one role has its id, for example /id'),
      name: list.reader.point('name', 'say where one role has its name, for example /name'),
      description: list.reader.point('description', null),
    },
    held: held && {
      ...held.request,
      role: held.reader.point('role', 'say where one item has the id of its role, for example /id'),
      assignment: held.reader.point('assignment', null),
    },
    grant: requestOf(roles.part('grant', 'say how a role is granted to an account'), ofRole)?.request,
    revoke: revokeOf(roles),
    eventuallyMs: durationOf(roles),
  };
  list?.reader.end();
  held?.reader.end();
  holders?.reader.end();
  roles.end();
  return described as RoleDescription;
}

function revokeOf(roles: DescriptionReader): RequestTemplate | null {
  const part = roles.part('revoke', 'say how a role is taken away from an account');
  return requestOf(part, [...ofRole, 'assignment.id'])?.request ?? null;
}

function durationOf(roles: DescriptionReader): number {
  const text = roles.text('eventually', null);
  if (text === null) return 0;
  const [, minutes = '0', seconds = '0'] = /^PT(?:(\d{1,2})M)?(?:(\d{1,3})S)?$/.exec(text) ?? [];
  const ms = (Number(minutes) * 60 + Number(seconds)) * 1_000;
  if (ms > 0 && ms <= 600_000) return ms;
  roles.refuse('must be a duration from PT1S to PT10M: how long a change may not be shown yet', 'eventually');
  return 0;
}

interface Requested<Request> {
  readonly reader: DescriptionReader;
  readonly request: Request;
}

function listOf(reader: DescriptionReader | null, known: readonly string[]): Requested<ListRequest> | null {
  if (reader === null) return null;
  const request = requestIn(reader, known, 'GET');
  const items = reader.point('items', 'say where an answer has the list, for example /items') ?? '';
  return { reader, request: { ...request, items, page: pageOf(reader) } };
}

function pageOf(reader: DescriptionReader): Paging | null {
  const mend =
    'give {"next": "/nextPageToken", "parameter": "pageToken"}, {"next": "/links/next"}, or "none" where one answer has everything';
  if (reader.value('page') === 'none') return null;
  const page = reader.part('page', mend);
  if (page === null) return null;
  const next = page.point('next', 'say where an answer has the next page');
  const parameter = page.text('parameter', null);
  const total = page.point('total', null);
  page.end();
  return next === null ? null : { next, parameter, total };
}

function requestOf(reader: DescriptionReader | null, known: readonly string[]): Requested<RequestTemplate> | null {
  if (reader === null) return null;
  const request = requestIn(reader, known, null);
  reader.end();
  return { reader, request };
}

function requestIn(reader: DescriptionReader, known: readonly string[], method: 'GET' | null): RequestTemplate {
  const allowed = method === null ? changing : [method];
  const given = reader.oneOf('method', allowed, method === null ? `give ${changing.join(', ')}` : null);
  return {
    method: given ?? method ?? 'POST',
    path: pathOf(reader, known),
    body: bodyIn(reader, known),
  } as RequestTemplate;
}

function pathOf(reader: DescriptionReader, known: readonly string[]): Template | null {
  const text = reader.text('path', 'give a path below baseUrl, for example /roles');
  if (text === null) return null;
  const fixed = text.replace(/\{\{[^]*?\}\}/g, 'x');
  const isPath = /^\/(?!\/)[!-~]*$/.test(fixed) && !/[#\\]/.test(fixed);
  if (!isPath || /(^|\/)\.{1,2}(\/|$)/.test(fixed.split('?')[0] ?? ''))
    return reader.refuse(
      'must be a path below baseUrl that begins with one /, without host, dots and fragment',
      'path',
    );
  return templateOf(text, { pointer: reader.pointerOf('path'), problems: reader.problems }, known);
}

function bodyIn(reader: DescriptionReader, known: readonly string[]): BodyTemplate | undefined {
  const body = reader.value('body');
  return body === undefined
    ? undefined
    : bodyOf(body, { pointer: reader.pointerOf('body'), problems: reader.problems }, known);
}

interface Place {
  readonly pointer: string;
  readonly problems: ProblemError[];
}

function bodyOf(stated: unknown, place: Place, known: readonly string[]): BodyTemplate {
  if (typeof stated === 'string') return templateOf(stated, place, known);
  if (typeof stated !== 'object' || stated === null) return stated as number | boolean | null;
  const below = (name: string): Place => ({ ...place, pointer: `${place.pointer}/${name}` });
  if (Array.isArray(stated)) return stated.map((one: unknown, index) => bodyOf(one, below(String(index)), known));
  const entries = Object.entries(stated).map(([name, one]: [string, unknown]) => [
    name,
    bodyOf(one, below(name), known),
  ]);
  return { fields: Object.fromEntries(entries) as Readonly<Record<string, BodyTemplate>> };
}

function templateOf(text: string, { pointer, problems }: Place, known: readonly string[]): Template | null {
  try {
    return compileTemplate(text, known);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.push({ pointer, detail: error.message });
    return null;
  }
}
