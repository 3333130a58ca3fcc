import type { INestApplication, Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { rolesExtension } from '#libs/auth/roles.decorator.js';
import type { ServiceDefinition } from '../service/service-definition.js';
import { refusalMembersKey, refusesKey, type RefusalMembers, type Refusals } from './answers.decorator.js';
import { describedProperty, hasRules } from './described-rules.js';
import { handlersOf, type Handler } from './handlers.js';
import { problemAnswers, problemSchema } from './problem-answers.js';
import { schemaNamed, type Json } from './schema.js';

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

/** The service's OpenAPI 3.1 document: its controllers' routes, each with what the kit adds to all of them. */
export function documentOf(app: INestApplication, { name }: ServiceDefinition): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Identity hub: ${name}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const idOf = (controller: string, method: string): string =>
    `${name}.${controller.replace(/Controller$/, '')}.${method}`;
  const document = SwaggerModule.createDocument(app, base, { operationIdFactory: idOf });
  const handlers = new Map(
    handlersOf(app.get(ModulesContainer)).map((found) => [idOf(found.controller.name, found.name), found]),
  );
  const schemas = { ...document.components?.schemas } as Record<string, Json>;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = operations[method];
      const handler = handlers.get(operation?.operationId ?? '');
      if (operation !== undefined && handler !== undefined) complete(operation, handler, { path, method, schemas });
    }
  }
  schemas['Problem'] = problemSchema;
  addNamed(document.paths, schemas);
  return { ...document, components: { ...document.components, schemas: schemas } };
}

interface Place {
  readonly path: string;
  readonly method: (typeof methods)[number];
  readonly schemas: Record<string, Json>;
}

function complete(operation: Operation, handler: Handler, { path, method, schemas }: Place): void {
  const { body, parameters } = inputsOf(handler);
  if (body !== undefined) close(body, schemas);
  operation.parameters = (operation.parameters ?? []).map((parameter) => describe(parameter, parameters));
  const own = (Reflect.getMetadata(refusesKey, handler.method) ?? {}) as Refusals;
  const kind = {
    method,
    takesBody: body !== undefined,
    namesOne: path.includes('{'),
  };
  const members = (Reflect.getMetadata(refusalMembersKey, handler.method) ?? {}) as RefusalMembers;
  Object.assign(operation.responses, problemAnswers(kind, own, members));
  describeRoles(operation);
  const header = headers[method];
  if (header !== undefined) operation.parameters = [...operation.parameters.filter(isNot(header)), header];
}

/** How Nest records the kind of a method's parameter: `RouteParamtypes`. */
const bodyKind = '3';
const parameterKinds = ['4', '5'];

interface Argument {
  readonly index: number;
  /** Name of the one field that it takes; absent for all of them. */
  readonly data?: unknown;
}

/** The classes that check the body, the query and the path of a route. @throws Error for an input that no class checks */
function inputsOf({ controller, name }: Handler): { body?: Type; parameters: Type[] } {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, Argument>;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ?? []) as unknown[];
  const of = (kinds: readonly string[]): Type[] =>
    Object.entries(args)
      .filter(([key]) => kinds.includes(key.split(':')[0] ?? ''))
      .map(([, { index, data }]) => {
        if (data === undefined && types[index] === Object)
          throw new Error(
            `${controller.name}.${name}: argument ${index} has a type that is no class: nothing checks it`,
          );
        return types[index];
      })
      .filter(hasRules);
  const [body] = of([bodyKind]);
  return { ...(body === undefined ? {} : { body }), parameters: of(parameterKinds) };
}

function describe(parameter: Parameter, classes: readonly Type[]): Parameter {
  if (!('in' in parameter) || (parameter.in !== 'query' && parameter.in !== 'path')) return parameter;
  const dto = classes.find((type) => propertiesOf(type).has(parameter.name));
  if (dto === undefined) return parameter;
  const { json, required } = describedProperty(dto, parameter.name, (parameter.schema ?? {}) as Json, false);
  return { ...parameter, schema: json, required: parameter.in === 'path' || required };
}

interface Property {
  readonly type?: unknown;
  readonly hidden?: boolean;
}

/** What the API document knows of a class: its properties, and what each is made of. */
function propertiesOf(dto: Type): Map<string, Property> {
  const prototype = dto.prototype as object;
  const names = (Reflect.getMetadata('swagger/apiModelPropertiesArray', prototype) ?? []) as string[];
  return new Map(
    names.map((name) => [
      name.slice(1),
      (Reflect.getMetadata('swagger/apiModelProperties', prototype, name.slice(1)) ?? {}) as Property,
    ]),
  );
}

/** Describes exactly what is enforced for a body and its parts: rules, what may be null, and no other fields. */
function close(dto: Type, schemas: Record<string, Json>): void {
  const schema = schemas[dto.name];
  if (schema?.['type'] !== 'object' || schema['additionalProperties'] === false) return;
  const own = (schema['properties'] ?? {}) as Readonly<Record<string, Json>>;
  const described = Object.entries(own).map(
    ([name, json]) => [name, describedProperty(dto, name, json, true)] as const,
  );
  schemas[dto.name] = {
    ...schema,
    properties: Object.fromEntries(described.map(([name, { json }]) => [name, json])),
    required: described.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: false,
  };
  const extra = (Reflect.getMetadata('swagger/apiExtraModels', dto) ?? []) as unknown[];
  for (const inner of [...[...propertiesOf(dto).values()].map(({ type }) => classIn(type)), ...extra])
    if (hasRules(inner)) close(inner, schemas);
}

/** A property's class, also of a list and behind a function. */
function classIn(type: unknown): unknown {
  if (Array.isArray(type)) return type[0];
  const lazy = typeof type === 'function' && type.name === 'type';
  return lazy ? classIn((type as () => unknown)()) : type;
}

/** The roles of a route in the form of OpenAPI 3.1 (each accepted role is one requirement), and as text for people. */
function describeRoles(operation: Operation & { [rolesExtension]?: readonly string[] }): void {
  const roles = operation[rolesExtension] ?? [];
  if (roles.length === 0) return;
  operation.security = roles.map((role) => ({ bearer: [role] }));
  const needed = `Needs the role ${roles.join(' or ')}.`;
  operation.description = [operation.description, needed]
    .filter((text) => text !== undefined && text !== '')
    .join('\n\n');
}

/** Adds every named schema that routes use, and those that these use. */
function addNamed(part: unknown, schemas: Record<string, Json>): void {
  if (typeof part !== 'object' || part === null) return;
  const ref = '$ref' in part && typeof part.$ref === 'string' ? part.$ref.slice('#/components/schemas/'.length) : '';
  const schema = schemaNamed(ref);
  if (schema !== undefined && schemas[ref] === undefined) {
    schemas[ref] = schema;
    addNamed(schema, schemas);
  }
  for (const inner of Object.values(part)) addNamed(inner, schemas);
}

const isNot =
  (header: Parameter) =>
  (parameter: Parameter): boolean =>
    !('name' in parameter && 'name' in header) || parameter.name.toLowerCase() !== header.name.toLowerCase();

/** Honoured on every route of their method. */
const headers: Partial<Record<(typeof methods)[number], Parameter>> = {
  put: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: '`ETag` of the version to replace; 412 if the document has another version',
    schema: { type: 'string', example: '"1"' },
  },
  post: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'The same key within 24 hours gets the same answer; 422 with another body, 409 while still running. If there was no answer, or 503 `outcome_unknown`, repeat with the same key: the request is carried out once',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$', example: '0b5e8f7a-3d2c-4f6e-9a1b-7c8d9e0f1a2b' },
  },
};
