import type { ServerResponse } from 'node:http';
import { Catch, Injectable, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request } from 'express';
import { problemMediaType } from './problem.js';
import { problemOf } from './problem-document.js';

/** Whatever is thrown while answering becomes a problem document here, and nowhere else. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const { problem, headers, unexpected } = problemOf(error, request.originalUrl.split('?')[0] ?? '/');
    if (unexpected) this.logger.error(error instanceof Error ? error : new Error(String(error)));
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.statusCode = problem.status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.setHeader('Content-Type', problemMediaType);
    // What is left of the body is not read: the next request of this connection would be lost with it.
    if (!request.complete) response.setHeader('Connection', 'close');
    response.end(JSON.stringify(problem));
  }
}
