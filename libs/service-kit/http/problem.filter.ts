import type { ServerResponse } from 'node:http';
import { Catch, Injectable, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request } from 'express';
import { Denials } from '../denials/denials.js';
import { methodNotAllowed, problemMediaType, type RequestProblem } from '#libs/problems/problem.js';
import { problemOf } from './problem-document.js';
import { RefusalStatuses } from './refusal-statuses.js';
import { methodsAt } from './routes.js';

/** Turns every error of a request into a problem document. Only this filter does it. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly denials: Denials,
    private readonly statuses: RefusalStatuses,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const path = request.originalUrl.split('?')[0] ?? '/';
    const { problem, headers, unexpected } = problemOf(this.otherMethod(error, path) ?? error, path, this.statuses.of);
    this.denials.record(request, problem, error);
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

  /** The framework finds no route: there may be one of another method. */
  private otherMethod(error: unknown, path: string): RequestProblem | null {
    if (!(error instanceof NotFoundException)) return null;
    const methods = methodsAt(this.adapter.httpAdapter.getInstance(), path);
    return methods.length === 0 ? null : methodNotAllowed(methods);
  }
}
