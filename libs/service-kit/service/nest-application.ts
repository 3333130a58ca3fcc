import type { IncomingMessage, ServerResponse } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { JsonLogger } from './json-logger.js';
import { documentOf } from '../openapi/document.js';
import type { PartOf, ServiceDefinition } from './service-definition.js';
import { ServiceModule, type Provided } from './service.module.js';

export interface Application {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly document: () => OpenAPIObject;
  readonly part: PartOf;
  close(): Promise<void>;
}

/** The Nest application of one service; it listens nowhere, `handler` is given its requests. */
export async function openApplication(
  definition: ServiceDefinition,
  provided: Provided,
  logger: JsonLogger,
): Promise<Application> {
  const adapter = new ExpressAdapter();
  adapter.set('etag', false);
  adapter.disable('x-powered-by');
  // Paths are case-sensitive, like prefixes.
  // The setting would be too late: the adapter has created its router already.
  adapter.getInstance<{ router: { caseSensitive: boolean } }>().router.caseSensitive = true;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes any object
  const app = await NestFactory.create(ServiceModule.of(definition, provided), adapter, {
    logger,
    bodyParser: false,
    abortOnError: false,
  });
  app.setGlobalPrefix(definition.prefix);
  await app.init();
  let document: OpenAPIObject | undefined;
  const handler = adapter.getInstance<Application['handler']>();
  return {
    handler,
    document: () => (document ??= documentOf(app, definition)),
    part: (part) => app.get(part, { strict: false }),
    close: () => app.close(),
  };
}
