import type { OpenAPIObject } from '@nestjs/swagger';
import { SchemaValidator } from './schema-validator.fixtures.js';
import type { Json } from './schema.js';

interface Media {
  readonly schema?: Json;
  readonly example?: unknown;
}
interface Response {
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly { readonly bearer?: readonly string[] }[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Json }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** The faults of an API document that prevent generated clients, or confuse readers; empty if there are none. */
export function documentFaults(document: OpenAPIObject): string[] {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Json>>;
  const missing = unresolved(document, schemas);
  if (missing.length > 0) return missing;
  const validator = new SchemaValidator(schemas);
  const routes = Object.entries(document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>);
  return [
    ...routes.flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) =>
        routeFaults(path, operation, schemas, validator).map((fault) => `${method.toUpperCase()} ${path}: ${fault}`),
      ),
    ),
    ...Object.entries(schemas).flatMap(([name, schema]) => schemaFaults(schema).map((fault) => `${name}: ${fault}`)),
    ...Object.keys(schemas).flatMap((name) => validator.faultsOf(name)),
  ];
}

function routeFaults(
  path: string,
  operation: Operation,
  schemas: Readonly<Record<string, Json>>,
  validator: SchemaValidator,
): string[] {
  const { summary, description = '', security = [], parameters = [], responses, requestBody } = operation;
  const named = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
  const answers = Object.entries(responses);
  const body = requestBody?.content['application/json']?.schema;
  const closed = body === undefined || deref(body, schemas)['additionalProperties'] === false;
  return [
    ...(summary === undefined ? ['no summary'] : []),
    ...(security.length > 0 &&
    security.every(({ bearer = [] }) => bearer.length === 1 && description.includes(bearer[0] ?? ''))
      ? []
      : ['no roles']),
    ...(path.match(/\{\w+\}/g) ?? []).filter((name) => !named.includes(name)).map((name) => `no ${name}`),
    ...parameters
      .filter(({ schema = {} }) => Object.keys(schema).length === 0)
      .map(({ name }) => `${name} has no type`),
    ...(closed ? [] : ['its body takes fields that are not documented']),
    ...answers
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([status, answer]) => answerFaults(status, answer, schemas, validator)),
    ...(answers.some(([status]) => status.startsWith('2')) ? [] : ['no 2xx answer: use @Answers']),
    ...(answers.some(([status]) => /^4/.test(status)) ? [] : ['no problems']),
    ...answers
      .filter(
        ([status]) => !status.startsWith('2') && responses[status]?.content?.['application/problem+json'] === undefined,
      )
      .map(([status]) => `${status} is no problem document: use @Refuses`),
  ];
}

function answerFaults(
  status: string,
  { content = {} }: Response,
  schemas: Readonly<Record<string, Json>>,
  validator: SchemaValidator,
): string[] {
  if (status === '204') return Object.keys(content).length === 0 ? [] : ['204 has a body'];
  const media = Object.values(content);
  if (media.length === 0) return [`${status} has no body: use @Answers`];
  return media.flatMap(({ schema = {}, example }) => {
    const type = deref(schema, schemas);
    if (type['format'] === 'binary') return [];
    return [
      ...(type['type'] === undefined && type['oneOf'] === undefined
        ? [`the body of ${status} has no type: use @Answers`]
        : []),
      ...(example === undefined
        ? [`${status} has no example: use named()`]
        : validator.misfits(example, schema).map((fault) => `example of ${status} ${fault}`)),
    ];
  });
}

/** OpenAPI 3.1 has no `nullable`; an object without fields says nothing unless it is a map. */
function schemaFaults(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return [
    ...('nullable' in schema ? ['nullable is not of OpenAPI 3.1'] : []),
    ...Object.entries(schema).flatMap(([key, inner]) =>
      key === 'example' || key === 'default' ? [] : schemaFaults(inner),
    ),
  ];
}

function unresolved(part: unknown, schemas: Readonly<Record<string, Json>>): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const ref = '$ref' in part && typeof part.$ref === 'string' ? part.$ref : null;
  const own =
    ref !== null && schemas[ref.slice('#/components/schemas/'.length)] === undefined ? [`${ref} is missing`] : [];
  return [...own, ...Object.values(part).flatMap((inner) => unresolved(inner, schemas))];
}

function deref(schema: Json, schemas: Readonly<Record<string, Json>>): Json {
  const ref = schema['$ref'];
  return typeof ref === 'string' ? (schemas[ref.slice('#/components/schemas/'.length)] ?? {}) : schema;
}
