import { AuthorizedExchange, type ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import { retryAfterMs, type Answer } from '#libs/outgoing/classify.js';
import { CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import type { OutsideText, ReadJson } from '#libs/outgoing/outside-text.js';
import { BulkWrites } from './bulk.js';
import { fromOld, toOld } from './dialect.js';
import { isOld, type ErrorMeaning, type ScimProfile } from './profile.js';
import { fail, isJson, named, resourceNames, unreliable } from './reading.js';
import type { CallLimits, Request } from './request.js';
import { tidied } from './resources.js';

const longestUnreadable = 200;

/** Values of the header `accept`. */
const accepted: Readonly<Record<ScimProfile['accept'], string>> = {
  none: '*/*',
  'application/json': 'application/json',
  'application/scim+json': 'application/scim+json, application/json',
};

/** What a meaning is in a failure. */
const meanings: Readonly<Record<ErrorMeaning['means'], Pick<FailureTerms, 'class' | 'code'>>> = {
  transient: { class: 'transient', code: 'unavailable' },
  throttled: { class: 'throttled', code: 'throttled' },
  conflict: { class: 'conflict', code: 'conflict' },
  validation: { class: 'validation', code: 'validation' },
  auth: { class: 'auth', code: 'auth' },
  gone: { class: 'gone', code: 'gone' },
  licence: { class: 'validation', code: 'payment-required' },
};

/** Requests and answers of one SCIM service, in the form that its profile says. */
export class ScimWire {
  readonly outside: OutsideText;
  private readonly exchange: AuthorizedExchange;
  private readonly bulk: BulkWrites | null;

  /** @throws AddressRefused when the base URL is an address that may not be called */
  constructor(
    private readonly access: ApplicationAccess,
    private readonly profile: ScimProfile,
  ) {
    this.exchange = new AuthorizedExchange(access);
    this.outside = this.exchange.outside;
    this.bulk = profile.bulk === null ? null : new BulkWrites(this, profile.bulk);
  }

  /** @throws CallFailure for every answer but a success, and for one that only accepts to do it later */
  async send(request: Request, limits?: CallLimits): Promise<Answer> {
    const write = request.method !== 'GET';
    const bulk = write && limits?.together === true ? this.bulk : null;
    const answer = await (bulk ?? this).answer(request, limits);
    this.refuse(answer, write, this.isConditional(request));
    // RFC 9110 §15.3.3: accepted, and not done. A reading shows when it is.
    if (write && answer.status === 202) throw notYetDone();
    return answer;
  }

  /** Whatever status came; once more with fresh credentials after a 401. */
  async answer({ method, path, body, ifMatch }: Request, limits: CallLimits = {}): Promise<Answer> {
    const headers = this.headersOf(body !== undefined, ifMatch);
    const sent = body === undefined ? {} : { body: JSON.stringify(isOld(this.profile) ? toOld(body) : body) };
    return await this.exchange.answer({ method, path, headers, ...sent, withinMs: limits.withinMs ?? callTimeoutMs });
  }

  /** The answer; its status alone when it was more than anyone reads, where that is enough to know. */
  async sendUnread(request: Request, limits?: CallLimits): Promise<Answer | number> {
    try {
      return await this.send(request, limits);
    } catch (error) {
      const { code, status } = error instanceof CallFailure ? error.terms : { code: '', status: null };
      if (code === 'answer-too-large' && status !== null && status >= 200 && status < 300) return status;
      throw error;
    }
  }

  /** @param conditional the change said which version it changes @throws CallFailure for every answer but a success */
  refuse(answer: Answer, write: boolean, conditional = false): void {
    const failure = this.exchange.failureOf(answer, write);
    if (failure === null) return;
    const known = this.profile.errors.find((one) => isMeant(one, answer));
    const meant = known === undefined ? {} : meanings[known.means];
    // Another version is there by now: the same change is tried again on that.
    const again = conditional && answer.status === 412 ? ({ class: 'transient' } as const) : {};
    const askedMs = this.askedToWait(answer) ?? failure.retryAfterMs;
    throw new CallFailure({ ...failure, ...again, ...meant, retryAfterMs: askedMs });
  }

  private isConditional({ ifMatch }: Request): boolean {
    return ifMatch !== undefined && this.profile.ifMatch;
  }

  /** What shows another object says nothing of the one that was asked for. */
  asked<Resource extends { readonly id: string }>(id: string, answer: Answer): Resource {
    const found = this.resource<Resource>(answer, false);
    if (found.id.toLowerCase() === id.toLowerCase()) return found;
    throw unreliable(answer, 'the application shows another object under this id');
  }

  resource<Resource extends { readonly id: string }>(answer: Answer, write: boolean): Resource {
    return this.identified<Resource>(answer, this.parse(answer, write)) ?? fail(this.unreadable(answer, write));
  }

  /** With an id as text, also where the application counts in numbers; null without one that is known byte for byte. */
  identified<Resource extends { readonly id: string }>(
    { isUtf8 }: Pick<Answer, 'isUtf8'>,
    { value, clean }: ReadJson,
  ): Resource | null {
    const shown = typeof value === 'object' && value !== null ? named(value, resourceNames) : value;
    const found = this.outside.resource(shown, clean);
    if (found === null || (!isUtf8 && found.id.includes('\ufffd'))) return null;
    return tidied(isOld(this.profile) ? fromOld(found) : found) as Resource;
  }

  parse(answer: Answer, write: boolean): ReadJson {
    if (!isJson(answer)) throw this.unreadable(answer, write);
    try {
      const read = this.outside.json(answer.text);
      if (typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value)) return read;
    } catch {
      // Falls through: broken off or not JSON.
    }
    throw this.unreadable(answer, write);
  }

  /** 2xx, but not usable: empty, incomplete, a login page. Its effect is unknown. */
  unreadable({ status, text }: Answer, write: boolean, code = 'unreadable-answer'): CallFailure {
    return new CallFailure({
      class: 'transient',
      code,
      status,
      effectUnknown: write,
      retryAfterMs: null,
      detail: this.outside.words(text, longestUnreadable),
    });
  }

  async destroy(): Promise<void> {
    await this.exchange.destroy();
  }

  private headersOf(hasBody: boolean, version: string | undefined): Record<string, string> {
    const { headers, accept, contentType, ifMatch } = this.profile;
    return {
      'user-agent': 'identity-hub',
      accept: accepted[accept],
      ...headers,
      ...(hasBody && contentType !== 'none' ? { 'content-type': contentType } : {}),
      ...(version !== undefined && ifMatch ? { 'if-match': version } : {}),
    };
  }

  private askedToWait({ headers }: Answer): number | null {
    const { retryAfterHeader, retryAfterForm } = this.profile;
    const header = headers[retryAfterHeader.toLowerCase()];
    const nowMs = this.access.nowMs();
    if (retryAfterForm === 'standard') return retryAfterMs(header, nowMs);
    const at = Number(Array.isArray(header) ? header[0] : header);
    return Number.isFinite(at) && at > 0
      ? retryAfterMs(String(Math.max(Math.ceil(at - nowMs / 1_000), 0)), nowMs)
      : null;
  }
}

const isMeant = ({ status, contains }: ErrorMeaning, answer: Answer): boolean =>
  (status === null || status === answer.status) && answer.text.toLowerCase().includes(contains.toLowerCase());

function notYetDone(): CallFailure {
  return new CallFailure({
    class: 'transient',
    code: 'accepted',
    status: 202,
    effectUnknown: true,
    retryAfterMs: null,
    detail: 'the application accepted the change and has not said that it is done',
  });
}
