import { HttpException } from '@nestjs/common';
import { ConcurrencyConflict, isOutage, LeaseLost } from '#libs/event-store/conflict.js';
import { DomainError } from '#libs/event-store/core.js';
import { RequestProblem, type Problem, type ProblemError } from '#libs/problems/problem.js';

const titles: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['bad_request', 'The request is malformed'],
  401: ['invalid_token', 'The token is missing or not valid'],
  403: ['forbidden', 'The caller may not do this'],
  404: ['not_found', 'The object does not exist'],
  405: ['method_not_allowed', 'The path does not accept this method'],
  408: ['request_timeout', 'The request came too slowly'],
  409: ['conflict', 'The current state does not allow this'],
  412: ['version_mismatch', 'The document has another version'],
  413: ['too_large', 'The body is too large'],
  415: ['unsupported_media_type', 'The route does not accept this kind of body'],
  422: ['unprocessable', 'The request cannot be carried out'],
  429: ['too_many_requests', 'Too many requests'],
  500: ['internal', 'The hub failed'],
  503: ['unavailable', 'Not available at the moment'],
};

/** What a status means, for people. */
export const titleOfStatus = (status: number): string => titles[status]?.[1] ?? 'The request was refused';

interface Answer {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  /** A fault of the hub: it is logged. */
  readonly unexpected: boolean;
}

/**
 * The problem document of anything thrown.
 * @param instance path of the request
 * @param statusOf the status of a refusal, by its code
 */
export function problemOf(error: unknown, instance: string, statusOf: (code: string) => number = () => 409): Answer {
  if (error instanceof RequestProblem) {
    const { status, message, code, errors, headers } = error;
    return { ...answer(instance, status, message, code, errors), headers };
  }
  if (error instanceof DomainError) {
    const refusal = error as DomainError;
    const told = answer(instance, statusOf(refusal.code), refusal.message, refusal.code, pointerIn(refusal));
    return { ...told, problem: { ...told.problem, ...membersOf(refusal) } };
  }
  if (error instanceof ConcurrencyConflict) {
    return answer(instance, 409, 'another request changed this at the same time: read it and try again');
  }
  if (error instanceof LeaseLost || isOutage(error)) {
    const told = answer(instance, 503, 'the database cannot be reached or does not answer: try again shortly');
    return { ...told, headers: { 'Retry-After': '1' } };
  }
  const status = clientStatusOf(error);
  if (status === 404) return answer(instance, 404, 'there is no such route');
  if (status !== null && error instanceof Error) return answer(instance, status, error.message);
  return {
    ...answer(instance, 500, 'an unexpected failure, which is logged: try again; if it fails again, tell the operator'),
    unexpected: true,
  };
}

function answer(
  instance: string,
  status: number,
  detail: string,
  code = titles[status]?.[0] ?? 'refused',
  errors: readonly ProblemError[] = [],
): Answer {
  const title = titleOfStatus(status);
  const type = `urn:identity-hub:problem:${code}`;
  return { problem: { type, title, status, detail, code, instance, errors }, headers: {}, unexpected: false };
}

/** A refusal that is about one field of the input says so in `details.pointer`. */
function pointerIn({ details, message }: DomainError): readonly ProblemError[] {
  return 'pointer' in details && typeof details.pointer === 'string'
    ? [{ pointer: details.pointer, detail: message }]
    : [];
}

/** Members of its own that a refusal adds to the problem document (RFC 9457 §3.2). */
function membersOf({ details }: DomainError): object {
  return 'members' in details && typeof details.members === 'object' ? (details.members ?? {}) : {};
}

/** The 4xx of errors thrown by the framework, not by us. */
function clientStatusOf(error: unknown): number | null {
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : typeof error === 'object' && error !== null && 'status' in error
        ? error.status
        : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
