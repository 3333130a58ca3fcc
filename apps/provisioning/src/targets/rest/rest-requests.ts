import type { ProblemError } from '#libs/problems/problem.js';
import type { DescriptionReader } from './description-reader.js';
import { compileTemplate, type Known, TemplateError, type Template } from './template.js';

/** A status, and a value in the answer where the status alone does not tell. */
export interface AnswerTest {
  readonly status: readonly number[];
  readonly at: { readonly pointer: string; readonly equals: readonly unknown[] } | null;
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
  /** A list of nothing is left out of the answer. */
  readonly mayBeMissing: boolean;
  readonly page: Paging | null;
}

/** Where an answer has the number of items on all pages: a pointer or a header. Null where it does not say. */
type Total = { readonly pointer: string } | { readonly header: string } | null;

/** `next`: where an answer has the next page. With a parameter it is a value of the query, else an address. */
export interface NextPaging {
  readonly next: string;
  readonly parameter: string | null;
  readonly total: Total;
}

/** Pages by position: the query has the number of items to pass over, and how many to show. */
export interface OffsetPaging {
  readonly offset: string;
  readonly limit: string;
  readonly size: number;
  readonly total: Total;
}

export type Paging = NextPaging | OffsetPaging;

const changing = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The test of an answer that is stated here; null for none. */
export function testOf(reader: DescriptionReader | null): AnswerTest | null {
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

/** A duration in milliseconds; 0 where none is stated. */
export function durationOf(reader: DescriptionReader, field = 'eventually'): number {
  const text = reader.text(field, null);
  if (text === null) return 0;
  const [, minutes = '0', seconds = '0'] = /^PT(?:(\d{1,2})M)?(?:(\d{1,3})S)?$/.exec(text) ?? [];
  const ms = (Number(minutes) * 60 + Number(seconds)) * 1_000;
  if (ms > 0 && ms <= 600_000) return ms;
  reader.refuse('must be a duration from PT1S to PT10M, for example PT30S', field);
  return 0;
}

/** What was read, and the reader for what else is stated beside it. */
export interface Requested<Request> {
  readonly reader: DescriptionReader;
  readonly request: Request;
}

/** A list, page by page. @param known sources that its path may read */
export function listOf(reader: DescriptionReader | null, known: Known): Requested<ListRequest> | null {
  if (reader === null) return null;
  const request = requestIn(reader, known, 'GET');
  const items = reader.point('items', 'say where an answer has the list, for example /items') ?? '';
  const mayBeMissing = reader.oneOf('none', ['missing'], null) !== null;
  return { reader, request: { ...request, items, mayBeMissing, page: pageOf(reader) } };
}

function pageOf(reader: DescriptionReader): Paging | null {
  const mend =
    'give {"next": "/nextPageToken", "parameter": "pageToken"}, {"next": "/links/next"}, {"offset": "offset", "limit": "limit", "size": 100}, or "none" where one answer has everything';
  if (reader.value('page') === 'none') return null;
  const page = reader.part('page', mend);
  if (page === null) return null;
  const offset = page.text('offset', null);
  const paging = offset === null ? nextOf(page) : offsetOf(page, offset);
  page.end();
  return paging;
}

function nextOf(page: DescriptionReader): NextPaging | null {
  const next = page.point('next', 'say where an answer has the next page');
  const parameter = page.text('parameter', null);
  const total = totalOf(page);
  return next === null ? null : { next, parameter, total };
}

function offsetOf(page: DescriptionReader, offset: string): OffsetPaging {
  const limit = page.text('limit', 'name the parameter that says how many to show') ?? '';
  const size = page.value('size');
  const isSize = Number.isInteger(size) && Number(size) >= 2 && Number(size) <= 10_000;
  if (!isSize) page.refuse('must be a whole number from 2 to 10000: how many to ask for', 'size');
  return { offset, limit, size: isSize ? Number(size) : 2, total: totalOf(page) };
}

function totalOf(page: DescriptionReader): Total {
  const header = page.text('totalHeader', null);
  const pointer = page.point('total', null);
  if (pointer !== null) return { pointer };
  return header === null ? null : { header: header.toLowerCase() };
}

/** A request that changes something. */
export function requestOf(reader: DescriptionReader | null, known: Known): Requested<RequestTemplate> | null {
  if (reader === null) return null;
  const request = requestIn(reader, known, null);
  reader.end();
  return { reader, request };
}

/** @param method null for one that changes something */
export function requestIn(reader: DescriptionReader, known: Known, method: 'GET' | null): RequestTemplate {
  const allowed = method === null ? changing : [method];
  const given = reader.oneOf('method', allowed, method === null ? `give ${changing.join(', ')}` : null);
  return {
    method: given ?? method ?? 'POST',
    path: pathOf(reader, known),
    body: bodyIn(reader, known),
  } as RequestTemplate;
}

function pathOf(reader: DescriptionReader, known: Known): Template | null {
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

function bodyIn(reader: DescriptionReader, known: Known): BodyTemplate | undefined {
  const body = reader.value('body');
  return body === undefined
    ? undefined
    : bodyOf(body, { pointer: reader.pointerOf('body'), problems: reader.problems }, known);
}

interface Place {
  readonly pointer: string;
  readonly problems: ProblemError[];
}

function bodyOf(stated: unknown, place: Place, known: Known): BodyTemplate {
  if (typeof stated === 'string') return templateOf(stated, place, known);
  if (typeof stated !== 'object' || stated === null) return stated as number | boolean | null;
  const below = (name: string): Place => ({ ...place, pointer: `${place.pointer}/${name}` });
  if (Array.isArray(stated)) return stated.map((one: unknown, index) => bodyOf(one, below(String(index)), known));
  const entries = Object.entries(stated).map(([name, one]: [string, unknown]) => {
    return [name, isSecret(name, one, below(name)) ? null : bodyOf(one, below(name), known)];
  });
  return { fields: Object.fromEntries(entries) as Readonly<Record<string, BodyTemplate>> };
}

const secretNames = /^(password|passwd|secret|client_?secret|token|access_?token|api_?key|credentials?)$/i;

/** A text in a template is stored and shown as it is: a password there is known to everybody who reads the connector. */
function isSecret(name: string, stated: unknown, { pointer, problems }: Place): boolean {
  const isText = typeof stated === 'string' && stated !== '' && !/^\{\{[^]*\}\}$/.test(stated);
  if (!secretNames.test(name) || !isText) return false;
  const mend = 'a password that nobody knows is {{RandomString(24, 4, 4, 4, 4)}}';
  problems.push({ pointer, detail: `would send a secret: secrets stand in auth alone; ${mend}` });
  return true;
}

function templateOf(text: string, { pointer, problems }: Place, known: Known): Template | null {
  try {
    return compileTemplate(text, known);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problems.push({ pointer, detail: error.message });
    return null;
  }
}
