/** Bytes of an answer that every call may hold at once. */
const smallBytes = 256 * 1024;
const refusalBytes = 64 * 1024;
/** Answers above that, read at a time: with 32 connections 32 MB in flight, at most. */
const largeAtATime = 3;
const largestAnswerBytes = 8 * 1024 * 1024;

/** The answer is larger than the limit. */
export class AnswerTooLarge extends Error {
  constructor() {
    super(`an answer of more than ${largestAnswerBytes} bytes`);
    this.name = 'AnswerTooLarge';
  }
}

type Body = AsyncIterable<Uint8Array> & { destroy(): unknown };

/**
 * Reads the bodies of one connector's answers. Large ones wait for each other, so that many of them do not fill the
 * memory.
 */
export class BodyReader {
  private large = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param refusal only its beginning is read @throws AnswerTooLarge, or what the connection throws */
  async read(body: Body, signal: AbortSignal, refusal = false): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let holds = false;
    try {
      for await (const chunk of body) {
        bytes += chunk.byteLength;
        if (bytes > largestAnswerBytes) throw new AnswerTooLarge();
        chunks.push(chunk);
        if (refusal && bytes > refusalBytes) break;
        if (bytes <= smallBytes || holds) continue;
        await this.turn(signal);
        holds = true;
      }
      return Buffer.concat(chunks, bytes);
    } catch (error) {
      body.destroy();
      throw error;
    } finally {
      if (holds) this.done();
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    if (this.large < largeAtATime) {
      this.large += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const mine = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(mine), 1);
        // The reason is the error that the call is to end with.
        reject(signal.reason as Error);
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      this.waiting.push(mine);
    });
  }

  /** The next caller takes the slot. */
  private done(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.large -= 1;
    else next();
  }
}
