import { titleOfStatus } from '../http/problem-document.js';
import { problemMediaType } from '#libs/problems/problem.js';
import type { RefusalMembers, Refusals } from './answers.decorator.js';
import type { Json } from './schema.js';

/** What the kit needs to know of a route to tell what it refuses. */
export interface RouteKind {
  readonly method: string;
  /** Its body is JSON that the kit reads. */
  readonly takesBody: boolean;
  /** The path names one thing. */
  readonly namesOne: boolean;
}

/** Status and codes of all that every route of its kind refuses. */
function commonRefusals({ method, takesBody, namesOne }: RouteKind): [status: number, code: string][] {
  const writes = method !== 'get';
  const post = method === 'post';
  return [
    // Query parameters that a route does not know are refused, too.
    [400, 'invalid_input'],
    [400, 'bad_request'],
    ...(takesBody
      ? [
          [400, 'malformed_json'],
          [413, 'too_large'],
          [415, 'unsupported_media_type'],
        ]
      : []),
    [401, 'invalid_token'],
    [403, 'insufficient_role'],
    ...(namesOne ? [[404, 'not_found']] : []),
    ...(writes ? [[409, 'conflict']] : []),
    ...(post
      ? [
          [409, 'idempotency.running'],
          [422, 'idempotency.key_reused'],
        ]
      : []),
    ...(method === 'put' ? [[412, 'version_mismatch']] : []),
    [429, 'too_many_requests'],
    [500, 'internal'],
    [503, 'unavailable'],
    ...(writes ? [[503, 'outcome_unknown']] : []),
  ] as [number, string][];
}

/** The refusals of a route as responses of OpenAPI: a problem document for each status, with the codes it can have. */
export function problemAnswers(kind: RouteKind, own: Refusals, members: RefusalMembers): Record<string, object> {
  const ours = Object.entries(own).flatMap(([status, codes]) =>
    codes.map((code): [number, string] => [Number(status), code]),
  );
  const byStatus = Map.groupBy([...commonRefusals(kind), ...ours], ([status]) => status);
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, entries]) => {
        const codes = [...new Set(entries.map(([, code]) => code))];
        const more = Object.entries(members[status] ?? {}).map(([name, { json }]) => [name, json] as const);
        return [String(status), answer(status, codes, Object.fromEntries(more))];
      }),
  );
}

function answer(status: number, codes: readonly string[], members: Readonly<Record<string, Json>>): object {
  const coded = {
    type: 'object',
    required: ['code', 'status'],
    properties: { code: { enum: codes }, status: { const: status }, ...members },
  };
  const { example: _, ...problem } = problemSchema;
  // What a problem says besides is named in its own schema: the shared one is closed.
  const schema =
    Object.keys(members).length === 0
      ? { allOf: [{ $ref: '#/components/schemas/Problem' }, coded] }
      : { ...problem, properties: { ...problem.properties, ...coded.properties } };
  const retry = { 'Retry-After': { description: 'Seconds', schema: { type: 'string' } } };
  return {
    description: titleOfStatus(status),
    ...(status === 429 || status === 503 ? { headers: retry } : {}),
    content: { [problemMediaType]: { schema } },
  };
}

export const problemSchema = {
  type: 'object',
  description: 'A problem document (RFC 9457) that names the field and the correction',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance', 'errors'],
  properties: {
    type: {
      type: 'string',
      pattern: '^urn:identity-hub:problem:',
      description: '`urn:identity-hub:problem:` and the code',
    },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'For people: what is wrong and how to correct it' },
    code: { type: 'string', description: 'For programs' },
    instance: { type: 'string', description: 'Path of the request' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body, or `/` and the name of a parameter' },
          detail: { type: 'string' },
        },
      },
    },
  },
  example: {
    type: 'urn:identity-hub:problem:invalid_input',
    title: 'The request is malformed',
    status: 400,
    detail: '/hireDate is missing: give the first day as YYYY-MM-DD',
    code: 'invalid_input',
    instance: '/hr/v1/workers/1001',
    errors: [{ pointer: '/hireDate', detail: 'is missing: give the first day as YYYY-MM-DD' }],
  },
};
