import { hasShape, parsed } from '#libs/event-store/core.js';
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { asyncApiDocument } from '#libs/contracts/asyncapi.js';

const assets: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css'],
  ['swagger-ui-bundle.js', 'text/javascript'],
  ['favicon-32x32.png', 'image/png'],
]);

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Identity hub: API</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
const start = `SwaggerUIBundle({ url: '/docs-json', dom_id: '#ui', persistAuthorization: false });\n`;

/** Whose API it is. */
export interface Documented {
  document(): OpenAPIObject;
}

/** Paths that {@link answerDocs} answers. */
const documents = new Set([
  '/docs-json',
  '/asyncapi.json',
  '/docs',
  '/docs/',
  '/docs/start.js',
  ...[...assets.keys()].map((name) => `/docs/${name}`),
]);
export const isDocument = (path: string): boolean => documents.has(path);

/**
 * `/docs` for people; `/docs-json` (OpenAPI) and `/asyncapi.json` (the messages between the services) for programs. The
 * page loads nothing from other servers.
 */
export function answerDocs(path: string, services: readonly Documented[], response: ServerResponse): void {
  const name = path.split('/')[2] ?? '';
  const type = assets.get(name);
  if (path === '/docs-json') {
    json(response, mergedDocument(services.map((s) => s.document())));
  } else if (path === '/asyncapi.json') {
    json(response, asyncApiDocument('1'));
  } else if (path === '/docs' || path === '/docs/') {
    const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    response
      .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy })
      .end(page);
  } else if (name === 'start.js') {
    response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(start);
  } else if (type !== undefined) {
    const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
    response.writeHead(200, { 'Content-Type': type });
    createReadStream(join(folder, name))
      .on('error', () => response.destroy())
      .pipe(response);
  } else {
    response.writeHead(404).end();
  }
}

function json(response: ServerResponse, document: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(document));
}

/** One document of several services. Schemas with the same name in two services get the service's title. */
export function mergedDocument(documents: readonly OpenAPIObject[]): OpenAPIObject {
  const [first, ...others] = documents;
  if (first === undefined) throw new Error('no document to merge');
  if (others.length === 0) return first;
  const all = structuredClone(first);
  all.info = { ...first.info, title: 'Identity hub' };
  for (const document of others) {
    const renamed = renameClashes(document, all.components?.schemas ?? {});
    Object.assign(all.paths, renamed.paths);
    all.components = { ...all.components, schemas: { ...all.components?.schemas, ...renamed.components?.schemas } };
    all.tags = [...(all.tags ?? []), ...(renamed.tags ?? [])];
  }
  return all;
}

const isOpenApi = hasShape<OpenAPIObject>({ openapi: 'text', info: 'object', paths: 'object' });

function renameClashes(document: OpenAPIObject, taken: Readonly<Record<string, unknown>>): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const suffix = document.info.title.replace(/^.*: /, '').replaceAll('-', '_');
  const clashes = Object.keys(schemas).filter(
    (name) => name in taken && JSON.stringify(taken[name]) !== JSON.stringify(schemas[name]),
  );
  return clashes.reduce<OpenAPIObject>((renamed, name) => {
    const text = JSON.stringify(renamed).replaceAll(
      `"#/components/schemas/${name}"`,
      `"#/components/schemas/${name}_${suffix}"`,
    );
    const next = parsed<OpenAPIObject>('the API document', isOpenApi, JSON.parse(text));
    const all = next.components?.schemas ?? {};
    const { [name]: schema, ...rest } = all;
    return {
      ...next,
      components: {
        ...next.components,
        schemas: schema === undefined ? rest : { ...rest, [`${name}_${suffix}`]: schema },
      },
    };
  }, document);
}
