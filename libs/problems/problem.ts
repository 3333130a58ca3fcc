import { cutText } from '#libs/text/text.js';

/** One problem of a request: where, and how to correct it. */
export interface ProblemError {
  /** JSON pointer into the body (or `/` and the name of a parameter). */
  readonly pointer: string;
  readonly detail: string;
}

/** The JSON pointer to a field below another place (RFC 6901); `''` is the whole document. */
export const pointerTo = (above: string, name: string): string =>
  `${above}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** RFC 9457 problem document, media type `application/problem+json`. */
export interface Problem {
  /** `urn:identity-hub:problem:<code>`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** For people: what is wrong and how to correct it. */
  readonly detail: string;
  /** Stable, for programs. */
  readonly code: string;
  /** Path of the request. */
  readonly instance: string;
  readonly errors: readonly ProblemError[];
}

export const problemMediaType = 'application/problem+json';

/** A request refused at the edge, before any decision. What the facts forbid is a `DomainError` instead. */
export class RequestProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: readonly ProblemError[] = [],
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = new.target.name;
  }
}

/** Maximum of problems in one answer: a body with 80,000 unknown fields gets no answer of 10 MB. */
export const maxProblems = 20;
/** Longest pointer in an answer, in characters: it may contain names of the caller. */
const longestPointer = 200;

/** 400: the input is malformed; each entry names the field and the correction. Of many only the first are listed. */
export class InvalidInput extends RequestProblem {
  constructor(errors: readonly ProblemError[]) {
    const told = errors
      .slice(0, maxProblems)
      .map(({ pointer, detail }) => ({ pointer: cutText(pointer, longestPointer), detail }));
    const more = errors.length > told.length ? '; there are more' : '';
    super(
      400,
      'invalid_input',
      told.map(({ pointer, detail }) => `${pointer} ${detail}`.trim()).join('; ') + more,
      told,
    );
  }
}

/** 404: there is no such thing, or none the caller may know of. @param what for example `access request` */
export class NotFound extends RequestProblem {
  constructor(what: string, id: string) {
    super(404, 'not_found', `there is no ${what} ${id}`);
  }
}

/** 405: the path is known, with other methods (RFC 9110 §15.5.6). */
export function methodNotAllowed(methods: readonly string[]): RequestProblem {
  const allowed = methods.join(', ');
  return new RequestProblem(405, 'method_not_allowed', `this path accepts ${allowed} only`, [], { Allow: allowed });
}

/** 503: the database was lost or did not answer during the request. `mend` says what to do next. */
export class OutcomeUnknown extends RequestProblem {
  constructor(mend: string, cause: unknown) {
    const detail = `the database did not answer during this request, so it may or may not have been carried out: ${mend}`;
    super(503, 'outcome_unknown', detail, [], { 'Retry-After': '1' });
    this.cause = cause;
  }
}
