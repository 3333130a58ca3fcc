import { createHash } from 'node:crypto';
import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { catchError, concatMap, finalize, of, throwError, type Observable } from 'rxjs';
import { callerOf } from '#libs/auth/current-caller.decorator.js';
import { isOutage } from '#libs/event-store/conflict.js';
import { DomainError } from '#libs/event-store/core.js';
import { uuidv5 } from '#libs/event-store/ids.js';
import { AnswerTable, type AnswerKey, type StoredAnswer } from './idempotent-answer.store.js';
import { rawBodyOf } from '../input/json-body.guard.js';
import { problemOf } from '../http/problem-document.js';
import { RefusalStatuses } from '../http/refusal-statuses.js';
import { rememberNewId } from './new-id.decorator.js';
import { InvalidInput, OutcomeUnknown, RequestProblem } from '#libs/problems/problem.js';

const renewMs = 20_000;
/** A key that is not renewed is free after this time. */
const lapsesMs = 60_000;
/** Headers that belong to the answer and are given again. */
const keptHeaders = ['location', 'etag'];

/**
 * `Idempotency-Key` on POST: the same key, caller and route within 24 hours get the stored answer again. A refusal is
 * not stored, because it did nothing: the next request is a new one. What survives: if the process dies, or the
 * database is lost, between the effects and the stored answer, it is unknown whether there were effects. The same
 * request takes the key over (at once if the former holder is known to have ended, otherwise after a minute) and runs
 * again with the same `@NewId()`: an object that it created is found and not created twice. A request that creates
 * nothing is refused the second time, or does nothing.
 */
@Injectable()
export class Idempotency implements NestInterceptor {
  private readonly logger = new Logger('idempotency');
  /** Keys of requests with an unknown outcome: this process does not work on them any more. */
  private readonly left = new Set<string>();

  constructor(
    private readonly answers: AnswerTable,
    private readonly statuses: RefusalStatuses,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const header = request.get('idempotency-key');
    const caller = callerOf(request);
    if (request.method === 'GET' || request.method === 'HEAD') return next.handle();
    if (request.method !== 'POST' || header === undefined || caller === undefined) {
      return next.handle().pipe(catchError((error: unknown) => throwError(() => outcomeOf(error, request.method))));
    }
    if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
      throw new InvalidInput([
        { pointer: '/Idempotency-Key', detail: 'must be 1 to 255 printable characters without spaces' },
      ]);
    }
    const key: AnswerKey = {
      caller: uuidv5(`${caller.issuer}|${caller.subject}`),
      route: request.path,
      key: header,
      fingerprint: fingerprintOf(request),
    };
    const claim = await this.answers.claim(key, this.left.delete(nameOf(key))).catch((error: unknown) => {
      // The key may be taken, although no answer came.
      if (isOutage(error)) this.leave(key);
      throw error;
    });
    switch (claim.status) {
      case 'ours':
        rememberNewId(request, claim.effect);
        return this.run(key, claim.again, context, next);
      case 'answered':
        if (claim.answer.streamed !== null && claim.answer.streamed !== (await digestOf(request))) throw keyReused();
        return replay(claim.answer, context.switchToHttp().getResponse<Response>());
      case 'running':
        throw new RequestProblem(
          409,
          'idempotency.running',
          'a request with this Idempotency-Key is still running: repeat it later',
        );
      case 'another-request':
        throw keyReused();
    }
  }

  /**
   * The answer is sent after it is stored, a refusal after the key is free again: so the caller's next request finds
   * this state.
   */
  private run(key: AnswerKey, again: boolean, context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const streamed = digestAlong(http.getRequest<Request>());
    const renewal = setInterval(() => void this.answers.renew(key).catch(() => undefined), renewMs).unref();
    const logged = (error: unknown): void => this.logger.error(error);
    return next.handle().pipe(
      concatMap(async (body: unknown) => {
        await this.answers.store(key, answerOf(http.getResponse<Response>(), body, streamed())).catch(logged);
        return body;
      }),
      catchError(async (error: unknown) => {
        const outcome = outcomeOf(error, 'keyed');
        if (outcome instanceof OutcomeUnknown) this.leave(key);
        else await this.answers.release(key).catch(logged);
        throw again ? outcomeUnknown(outcome, this.statuses) : outcome;
      }),
      finalize(() => clearInterval(renewal)),
    );
  }

  private leave(key: AnswerKey): void {
    this.left.add(nameOf(key));
    setTimeout(() => this.left.delete(nameOf(key)), lapsesMs).unref();
  }
}

const nameOf = ({ caller, route, key }: AnswerKey): string => `${caller} ${route} ${key}`;

const mends: Readonly<Record<string, string>> = {
  keyed: 'repeat it with the same Idempotency-Key; it is carried out once',
  POST: 'check the state before you repeat it; a request with an Idempotency-Key can be repeated safely',
};

/** What the caller must know about a failure during a change. @param kind its method, or `keyed` */
function outcomeOf(error: unknown, kind: string): unknown {
  return isOutage(error) ? new OutcomeUnknown(mends[kind] ?? 'repeat it', error) : error;
}

/** A refusal of a repeated request may come from the effects of the earlier one. */
function outcomeUnknown(error: unknown, statuses: RefusalStatuses): unknown {
  if (!(error instanceof DomainError)) return error;
  const { status, code, detail, errors } = problemOf(error, '', statuses.of).problem;
  const perhaps = `${detail} (an earlier request with this Idempotency-Key may have done it; its outcome is unknown)`;
  return new RequestProblem(status, code, perhaps, errors);
}

function answerOf(response: Response, body: unknown, streamed: string | null): StoredAnswer {
  const headers = keptHeaders.flatMap((name): [string, string][] => {
    const value = response.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return { status: response.statusCode, headers: Object.fromEntries(headers), body, streamed };
}

function replay({ status, headers, body }: StoredAnswer, response: Response): Observable<unknown> {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.set(name, value);
  response.set('Idempotent-Replayed', 'true');
  return of(body);
}

/**
 * Digest of a body that the route reads as a stream, computed during the reading; null for a body that was read before.
 */
function digestAlong(request: Request): () => string | null {
  if (rawBodyOf(request) !== undefined) return () => null;
  const hash = createHash('sha256');
  // Listening for data only would start the stream before the route listens.
  request.pause().on('data', (piece: Buffer) => hash.update(piece));
  return () => hash.digest('base64url');
}

async function digestOf(request: Request): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of request) hash.update(piece as Buffer);
  return hash.digest('base64url');
}

const keyReused = (): RequestProblem =>
  new RequestProblem(422, 'idempotency.key_reused', 'this Idempotency-Key was used for another request: use a new key');

/** Of a streamed body only its length and kind are known before it is read; its digest is in the answer. */
function fingerprintOf(request: Request): string {
  const hash = createHash('sha256').update(`${request.originalUrl}\n${request.get('content-type') ?? ''}\n`);
  return hash.update(rawBodyOf(request) ?? request.get('content-length') ?? '').digest('base64url');
}
