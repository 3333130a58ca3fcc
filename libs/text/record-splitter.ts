/** One record of a text, and the line it begins on (from 1). */
export interface RecordText {
  readonly line: number;
  readonly text: string;
  /** A quote in this line is never closed. Only the line is lost, not the rest of the file. */
  readonly broken: boolean;
}

/** A record cut out of the text, and where the next one begins. */
interface Cut {
  readonly text: string;
  readonly next: number;
  readonly lines: number;
  readonly broken: boolean;
}

/** Maximum of lines and characters of a quoted value. With more, its quote counts as a mistake. */
const longestLines = 50;
const longestText = 65_536;

/** Maximum of a valid line in characters: a body without line ends must not fill the memory. */
const maxRemainder = 1_048_576;

const nothingSearched = { from: 0, quote: -1 };

export class LineTooLong extends Error {
  constructor(readonly line: number) {
    super(`line ${line} is longer than ${maxRemainder} characters`);
  }
}

/**
 * Cuts a stream of text into records: at line ends outside quotes (RFC 4180), or at every line end. It holds no more than
 * one unfinished record. A record over several lines must satisfy `whole`; else its first line is broken and the cutting
 * starts again at the second, as after a quote that somebody forgot to close.
 */
export class RecordSplitter {
  private rest = '';
  private line = 1;
  /** The first quote of `rest` at `from` or after it. */
  private searched = nothingSearched;

  /**
   * @param quotes false for line-delimited formats
   * @param whole tells whether this text of several lines is one valid record
   */
  constructor(
    private readonly quotes: boolean,
    private readonly whole: (text: string) => boolean = () => true,
  ) {}

  /** One by one, so that the first record (a header) can decide about the next ones. */
  *push(text: string): Generator<RecordText> {
    this.rest += text;
    this.searched = nothingSearched;
    yield* this.take(false);
  }

  /** The records that are left after the last text. */
  *end(): Generator<RecordText> {
    yield* this.take(true);
    this.rest = '';
  }

  private *take(ended: boolean): Generator<RecordText> {
    let from = 0;
    while (from < this.rest.length) {
      const found = this.next(from, ended);
      if (found === null) break;
      if (found.text.trim() !== '') yield { line: this.line, text: found.text, broken: found.broken };
      this.line += found.lines;
      from = found.next;
    }
    this.rest = this.rest.slice(from);
    this.searched = nothingSearched;
    if (this.rest.length > maxRemainder) throw new LineTooLong(this.line);
  }

  /** The record that begins at `from`; null when more text is needed. */
  private next(from: number, ended: boolean): Cut | null {
    let odd = false;
    let end = from - 1;
    for (let lines = 1; lines <= longestLines; lines += 1) {
      const start = end + 1;
      end = this.endFrom(start);
      const isLast = end === this.rest.length;
      if (isLast && !ended) return null;
      odd = odd !== this.isOdd(start, end);
      if (!odd && (lines === 1 || this.whole(this.textOf(from, end)))) return this.cut(from, end, lines, false);
      if (!odd || isLast || end - from > longestText) break;
    }
    return this.cut(from, this.endFrom(from), 1, true);
  }

  private isOdd(start: number, end: number): boolean {
    let odd = false;
    if (!this.quotes) return odd;
    for (let at = this.quoteFrom(start); at < end; at = this.quoteFrom(at + 1)) odd = !odd;
    return odd;
  }

  /** The next quote. The one found last is remembered, so that lines without quotes are not searched again. */
  private quoteFrom(start: number): number {
    const { from, quote } = this.searched;
    if (from <= start && start <= quote) return quote;
    const found = this.rest.indexOf('"', start);
    this.searched = { from: start, quote: found === -1 ? this.rest.length : found };
    return this.searched.quote;
  }

  private endFrom(start: number): number {
    const found = this.lineEnd(start);
    return found === -1 ? this.rest.length : found;
  }

  private cut(from: number, end: number, lines: number, broken: boolean): Cut {
    return { text: this.textOf(from, end), next: Math.min(end + 1, this.rest.length), lines, broken };
  }

  private textOf(from: number, end: number): string {
    const text = this.rest.slice(from, end);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  }

  private lineEnd(from: number): number {
    return this.rest.indexOf('\n', from);
  }
}
