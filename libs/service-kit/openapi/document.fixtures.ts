import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { ServiceDefinition } from '../service/service-definition.js';
import { ServiceModule, type Provided } from '../service/service.module.js';
import { documentOf } from './document.js';

/** The API document of a service that does not run: without a database, and without its classes being created. */
export async function describeService(definition: ServiceDefinition): Promise<OpenAPIObject> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and takes any object
  const app = await NestFactory.create(ServiceModule.of(definition, {} as Provided), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  app.setGlobalPrefix(definition.prefix);
  return documentOf(app, definition);
}
