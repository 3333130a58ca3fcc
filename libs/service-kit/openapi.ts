import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { rolesExtension } from '#libs/auth/roles.decorator.js';
import { problemMediaType } from './problem.js';
import type { ServiceDefinition } from './service-definition.js';

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** The service's OpenAPI 3.1 document: its controllers' routes, each with what the kit adds to all of them. */
export function documentOf(app: INestApplication, { name }: ServiceDefinition): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Identity hub: ${name}`)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurityRequirements('bearer')
    .build();
  const operationIdFactory = (controller: string, method: string): string =>
    `${name}.${controller.replace(/Controller$/, '')}.${method}`;
  const document = SwaggerModule.createDocument(app, base, { operationIdFactory });
  const schemas = { ...document.components?.schemas, Problem: problemSchema };
  for (const path of Object.values(document.paths)) {
    for (const method of methods) {
      const operation = path[method];
      if (operation === undefined) continue;
      operation.responses['default'] ??= problemResponse;
      sayForWhom(operation);
      const header = headers[method];
      if (header !== undefined) operation.parameters = [...(operation.parameters ?? []), header];
    }
  }
  return { ...document, components: { ...document.components, schemas } };
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

/** The roles of a route as OpenAPI 3.1 has them, one requirement for each that will do, and in words for people. */
function sayForWhom(operation: Operation & { [rolesExtension]?: readonly string[] }): void {
  const roles = operation[rolesExtension] ?? [];
  if (roles.length === 0) return;
  operation.security = roles.map((role) => ({ bearer: [role] }));
  const needed = `Needs the role ${roles.join(' or ')}.`;
  operation.description = [operation.description, needed]
    .filter((text) => text !== undefined && text !== '')
    .join('\n\n');
}

/** Honoured on every route of their method. */
const headers: Partial<Record<(typeof methods)[number], Parameter>> = {
  put: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: '`ETag` of the version this replaces; 412 if it is another by now',
    schema: { type: 'string', example: '"1"' },
  },
  post: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'The same key within 24 hours gets the same answer; 422 with another body, 409 while still running. After no answer, or 503 `outcome_unknown`, repeating with the same key does it once',
    schema: { type: 'string', example: '0b5e8f7a-3d2c-4f6e-9a1b-7c8d9e0f1a2b' },
  },
};

const problemResponse = {
  description:
    'Refused: a problem document (RFC 9457) that names the field and the mend. 503 with `Retry-After` while the database is away or does not answer',
  content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'instance', 'errors'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
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
