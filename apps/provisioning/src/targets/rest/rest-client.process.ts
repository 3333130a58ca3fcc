import type { Value } from '#libs/mapping/expression.js';
import { AuthorizedExchange, type ApplicationAccess } from '#libs/outgoing/authorized-exchange.js';
import type { Answer } from '#libs/outgoing/classify.js';
import { CallFailure, type FailureTerms } from '#libs/outgoing/failure.js';
import type { Call, Target } from '../target.js';
import { valueAt } from './json-pointer.js';
import { bodyOf } from './request-body.js';
import { describedFailure, elsewhere, isSo, type RestAnswer, totalOf } from './rest-answers.js';
import type { RestDescription } from './rest-description.js';
import { filled, pathBelow, pathOf, withParameter } from './rest-paths.js';
import type { AnswerTest, ListRequest, OffsetPaging, RequestTemplate } from './rest-requests.js';
import type { Sources } from './template.js';

/** Where one page of a list is. */
export interface PageOf {
  readonly request: ListRequest;
  readonly sources: Sources;
  /** Null: the first one. */
  readonly path: string | null;
}

export interface RestPage {
  readonly path: string;
  readonly items: readonly unknown[];
  /** How many there are on all pages; null where the application does not say. */
  readonly total: number | null;
  readonly next: string | null;
  readonly answer: RestAnswer;
}

const plain = { accept: 'application/json', 'user-agent': 'identity-hub' };
const withBody = { ...plain, 'content-type': 'application/json' };
const longestWords = 500;
/** More than an application has roles, or an account holds. */
const mostItems = 10_000;

/** Calls an application's own API as its description says. */
export class RestClient {
  private readonly exchange: AuthorizedExchange;

  /** @throws AddressRefused when the address is one that may not be called */
  constructor(
    private readonly access: ApplicationAccess,
    private readonly description: RestDescription,
  ) {
    this.exchange = new AuthorizedExchange(access);
  }

  /** @throws CallFailure; `gone` where the description says that such an answer means so */
  async send(request: RequestTemplate, sources: Sources, call: Call): Promise<RestAnswer> {
    const { body } = request;
    return await this.sendBody(request, body === undefined ? undefined : filled(() => bodyOf(body, sources)), {
      sources,
      call,
    });
  }

  /** The same with a body that was made before. */
  async sendBody(
    request: RequestTemplate,
    body: Value | undefined,
    { sources, call }: { readonly sources: Sources; readonly call: Call },
  ): Promise<RestAnswer> {
    const path = filled(() => pathOf(request, sources));
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    return await this.exchanged({ method: request.method, path, ...content }, call);
  }

  /** What an account, a group or a role is, with clean texts; null where it is none or has no id that can be kept. */
  shown(item: unknown, idPointer: string): { readonly id: string; readonly item: object } | null {
    if (typeof item !== 'object' || item === null) return null;
    const value = valueAt(item, idPointer);
    const id = typeof value === 'number' ? String(value) : value;
    const kept = this.exchange.outside.resource({ ...item, id }, false);
    return kept === null ? null : { id: kept.id, item: kept };
  }

  /** An answer that shows nothing usable. @param write whether the call would have changed something */
  unreadable({ status }: Pick<RestAnswer, 'status'>, write: boolean, detail: string): CallFailure {
    const terms = { status, effectUnknown: write, retryAfterMs: null, detail };
    return new CallFailure({ ...terms, class: 'transient', code: 'unreadable-answer' });
  }

  /** Every item of a list, of all pages. @throws CallFailure `look-up-unreliable` for a list that cannot be read whole */
  async list(request: ListRequest, sources: Sources, call: Call): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    const seen = new Set<string>();
    let path: string | null = null;
    for (;;) {
      const page: RestPage = await this.page(
        { request, sources, path: path ?? this.pageAt(request, sources, 0) },
        call,
      );
      seen.add(page.path);
      found.push(...page.items);
      path = this.isOffset(request) ? this.nextPosition(request, sources, found.length, page) : page.next;
      if (path === null) return found;
      if (seen.has(path) || found.length >= mostItems) throw this.unreliable(page.answer, 'the list does not end');
    }
  }

  /** The path of the page that begins at a position; null where pages are not asked for so. */
  pageAt(request: ListRequest, sources: Sources, position: number): string | null {
    if (!this.isOffset(request)) return null;
    const { offset, limit, size } = request.page;
    const path = filled(() => pathOf(request, sources));
    return withParameter(withParameter(path, offset, String(position)), limit, String(size));
  }

  private isOffset(request: ListRequest): request is ListRequest & { readonly page: OffsetPaging } {
    return request.page !== null && 'offset' in request.page;
  }

  private nextPosition(request: ListRequest, sources: Sources, found: number, page: RestPage): string | null {
    const isLast = page.items.length === 0 || (page.total !== null && found >= page.total);
    return isLast ? null : this.pageAt(request, sources, found);
  }

  /** One page of a list. @param path null for the first page */
  async page({ request, sources, path }: PageOf, call: Call): Promise<RestPage> {
    const at = path ?? this.pageAt(request, sources, 0) ?? filled(() => pathOf(request, sources));
    const answer = await this.exchanged({ method: 'GET', path: at }, call);
    const isObject = typeof answer.body === 'object' && answer.body !== null;
    const items = valueAt(answer.body, request.items) ?? (request.mayBeMissing && isObject ? [] : undefined);
    if (!Array.isArray(items)) throw this.unreliable(answer, `the answer has no list at ${request.items}`);
    const next = this.nextOf(request, at, answer);
    return { path: at, items: items as unknown[], total: totalOf(request, answer), next, answer };
  }

  /** Its text at the pointer, fit to be stored; null for none. */
  textAt(item: unknown, pointer: string): string | null {
    const value = valueAt(item, pointer);
    return typeof value === 'string' && value !== '' ? this.exchange.outside.words(value, longestWords) : null;
  }

  /** An id, byte for byte as it was sent. @throws CallFailure for one that cannot be kept */
  idAt(item: unknown, pointer: string): string {
    const value = valueAt(item, pointer);
    const id = typeof value === 'number' ? String(value) : value;
    const kept = this.exchange.outside.resource({ id }, true);
    if (kept !== null) return kept.id;
    throw this.unreliable({ status: 200 }, `an item has no id at ${pointer} that can be kept`);
  }

  get quietAfterMs(): number | null {
    return this.description.quietAfterMs;
  }

  /** What became of a change that was accepted; null where the description has none. */
  get ask(): Target['ask'] {
    const { accepted } = this.description;
    if (accepted === null) return null;
    return async (ticket, call) => {
      const path = filled(() => pathOf(accepted.ask, { ticket }));
      const { answer, body } = await this.answered({ method: 'GET', path }, call);
      if (isSo(accepted.done, answer.status, body)) return { is: 'done' };
      if (isSo(accepted.refused, answer.status, body)) return { is: 'refused', detail: this.wordsOf(answer, body) };
      const failure = this.failureOf(answer, body, false);
      if (failure !== null) throw new CallFailure(failure);
      return { is: 'pending', againInMs: accepted.everyMs };
    };
  }

  destroy(): Promise<void> {
    return this.exchange.destroy();
  }

  /** The path of the page that follows; null after the last one. */
  private nextOf({ page }: ListRequest, path: string, answer: RestAnswer): string | null {
    if (page === null || 'offset' in page) return null;
    const next = valueAt(answer.body, page.next) ?? '';
    if (next === '') return null;
    if (typeof next !== 'string' && typeof next !== 'number') throw this.unreliable(answer, `${page.next} is no page`);
    if (page.parameter !== null) return withParameter(path, page.parameter, String(next));
    const found = pathBelow(this.access.baseUrl, String(next));
    // A page elsewhere would get the credentials of this address.
    if (found === null) throw this.unreliable(answer, 'the next page is at another address');
    return found;
  }

  private async exchanged(
    request: { readonly method: RequestTemplate['method']; readonly path: string; readonly body?: string },
    call: Call,
  ): Promise<RestAnswer> {
    const { answer, body } = await this.answered(request, call);
    const write = request.method !== 'GET';
    const failure = this.failureOf(answer, body, write) ?? (write ? this.acceptanceOf(answer, body) : null);
    if (failure !== null) throw new CallFailure(failure);
    return { status: answer.status, body, headers: answer.headers };
  }

  /** Accepted, and not done yet? */
  private acceptanceOf({ status }: Answer, body: unknown): FailureTerms | null {
    const { accepted } = this.description;
    if (accepted === null || !isSo(accepted.when, status, body)) return null;
    const terms = { status, effectUnknown: true, retryAfterMs: null, detail: '' };
    const ticket = this.idAt(body, accepted.ticket);
    return { ...terms, class: 'transient', code: 'accepted', ticket, pastInMs: accepted.everyMs };
  }

  private async answered(
    request: { readonly method: RequestTemplate['method']; readonly path: string; readonly body?: string },
    call: Call,
  ): Promise<{ readonly answer: Answer; readonly body: unknown }> {
    const withinMs = call.leftMs();
    const { keyHeader } = this.description;
    const write = request.method !== 'GET';
    const key =
      keyHeader !== null && write && call.operation !== null ? { [keyHeader.toLowerCase()]: call.operation } : {};
    const headers = { ...(request.body === undefined ? plain : withBody), ...key };
    const answer = await this.exchange.answer({ ...request, headers, ...(withinMs === undefined ? {} : { withinMs }) });
    return { answer, body: this.parsed(answer) };
  }

  private failureOf(answer: Answer, body: unknown, write: boolean): FailureTerms | null {
    const { notFound, success, errors } = this.description;
    const is = (test: AnswerTest): boolean => isSo(test, answer.status, body);
    const detail = this.wordsOf(answer, body);
    const terms = { status: answer.status, effectUnknown: false, retryAfterMs: null, detail };
    if (is(notFound)) return { ...terms, class: 'gone', code: 'gone' };
    const usual = this.exchange.failureOf(answer, write);
    const known = errors.find(is);
    if (known !== undefined) return describedFailure(known.class, terms, usual, write);
    if (usual !== null) return usual.class === 'gone' ? elsewhere(usual) : { ...usual, detail };
    if (success === null || is(success)) return null;
    return { ...terms, class: 'validation', code: 'not-a-success', effectUnknown: write };
  }

  private wordsOf(answer: Answer, body: unknown): string {
    const { words } = this.description;
    const found = words === null ? undefined : valueAt(body, words);
    return this.exchange.outside.words(typeof found === 'string' ? found : answer.text, longestWords);
  }

  private parsed({ text }: Answer): unknown {
    try {
      return text === '' ? undefined : this.exchange.outside.json(text).value;
    } catch {
      // No JSON: the status has to do.
      return undefined;
    }
  }

  private unreliable({ status }: Pick<RestAnswer, 'status'>, detail: string): CallFailure {
    const terms = { status, effectUnknown: false, retryAfterMs: null, detail };
    return new CallFailure({ ...terms, class: 'validation', code: 'look-up-unreliable' });
  }
}
