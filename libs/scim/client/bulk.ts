import { type Answer, isTooLarge } from '#libs/outgoing/classify.js';
import { CallFailure } from '#libs/outgoing/failure.js';
import { callTimeoutMs } from '#libs/outgoing/call-timeout.js';
import type { BulkTerms } from './profile.js';
import { bulkSchema } from './resources.js';
import { operationAnswers } from './bulk-answer.js';
import type { CallLimits, Request } from './request.js';

interface Wire {
  answer(request: Request, limits: CallLimits): Promise<Answer>;
}

interface Waiting {
  readonly request: Request;
  readonly bytes: number;
  /** When the operation that it belongs to is too late. */
  readonly untilMs: number;
  done(answer: Answer): void;
  failed(error: unknown): void;
}

/** Bytes of a Bulk request beside its operations, and of an operation beside its data. */
const bodyBytes = 200;
const operationBytes = 200;
/** Answers to a Bulk request as a whole after which none is sent any more: the application has no Bulk. */
const notServed = new Set([403, 404, 405, 501]);

/**
 * Changes of users that are wanted at once go in one Bulk request (RFC 7644 §3.7); one alone goes as itself. Each caller gets
 * the answer to its own change: a refused one stops no other, and what is answered for none of them is unknown for all.
 */
export class BulkWrites {
  private readonly waiting: Waiting[] = [];
  private running = false;
  private most: number;

  constructor(
    private readonly wire: Wire,
    private readonly terms: BulkTerms,
  ) {
    this.most = terms.maxOperations;
  }

  /** The answer to this change, whatever its status. @throws CallFailure when no whole answer came */
  answer(request: Request, { withinMs = callTimeoutMs }: CallLimits = {}): Promise<Answer> {
    const bytes = Buffer.byteLength(JSON.stringify(request.body ?? {})) + operationBytes;
    return new Promise((done, failed) => {
      this.waiting.push({ request, bytes, untilMs: performance.now() + withinMs, done, failed });
      // Those that are wanted in the same turn of the loop go together.
      if (!this.running) setImmediate(() => void this.run());
    });
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      while (this.waiting.length > 0) await this.send(this.next());
    } finally {
      this.running = false;
    }
  }

  /** As many as one request takes, in their order; at least one. */
  private next(): Waiting[] {
    let bytes = bodyBytes;
    const fits = this.waiting.findIndex((one, index) => {
      bytes += one.bytes;
      return index > 0 && (index >= this.most || bytes > this.terms.maxPayloadSize);
    });
    return this.waiting.splice(0, fits === -1 ? this.waiting.length : fits);
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (batch.length === 1) {
      await this.alone(first);
      return;
    }
    try {
      this.onAnswer(batch, await this.wire.answer(bulkRequest(batch), { withinMs: leftMs(batch) }));
    } catch (error) {
      for (const one of batch) one.failed(error);
    }
  }

  private onAnswer(batch: readonly Waiting[], answer: Answer): void {
    const isLarge = isTooLarge(answer);
    if (isLarge || notServed.has(answer.status)) {
      // Refused before any of them was done.
      this.most = isLarge ? Math.max(1, Math.floor(batch.length / 2)) : 1;
      this.waiting.unshift(...batch);
      return;
    }
    const isDone = answer.status >= 200 && answer.status < 300;
    const answers = isDone
      ? operationAnswers(
          batch.map(({ request }) => request),
          answer,
        )
      : batch.map(() => answer);
    for (const [index, one] of batch.entries()) {
      const own = answers[index] ?? null;
      if (own === null) one.failed(unanswered(answer));
      else one.done(own);
    }
  }

  private async alone({ request, untilMs, done, failed }: Waiting): Promise<void> {
    try {
      done(await this.wire.answer(request, { withinMs: untilMs - performance.now() }));
    } catch (error) {
      failed(error);
    }
  }
}

/** The time of the one that has least. */
const leftMs = (batch: readonly Waiting[]): number =>
  Math.min(...batch.map(({ untilMs }) => untilMs)) - performance.now();

function bulkRequest(batch: readonly Waiting[]): Request {
  const Operations = batch.map(({ request: { method, path, body, ifMatch } }, index) => ({
    method,
    path,
    bulkId: String(index),
    ...(ifMatch === undefined ? {} : { version: ifMatch }),
    data: body,
  }));
  return { method: 'POST', path: '/Bulk', body: { schemas: [bulkSchema], Operations } };
}

/** The application answered the request, and not this change in it. */
function unanswered({ status }: Answer): CallFailure {
  return new CallFailure({
    class: 'transient',
    code: 'unreadable-answer',
    status,
    effectUnknown: true,
    retryAfterMs: null,
    detail: 'the answer to the Bulk request does not say what became of this change',
  });
}
