import { ExpressionError, type Comparison } from './expression.js';

export type Token =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly hex: boolean; readonly at: number }
  | { readonly kind: 'attribute'; readonly path: string; readonly at: number }
  | { readonly kind: 'word'; readonly word: string; readonly at: number }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly at: number }
  | { readonly kind: 'mark'; readonly mark: '(' | ')' | ',' | '&'; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

const blanks = /\s*/y;
const word = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
/** As many digits as are printed again without an exponent. */
const number = /-?\d{1,18}(?:\.\d{1,6})?(?!\d)/y;
const hex = /&[Hh]([0-9A-Fa-f]{1,13})(?![\p{L}\p{N}_])/uy;
const comparison = /<>|>=|<=|=|>|</y;
/** What editors make of straight quotes. */
const curly = /[\u201c\u201d\u201e]/;

/** Reads one token after the other. `&` begins a hexadecimal number where a value is expected, else it joins two. */
export class Tokens {
  private position = 0;

  constructor(private readonly text: string) {}

  next(expects: 'value' | 'operator'): Token {
    this.take(blanks);
    const at = this.position;
    const first = this.text[at];
    switch (first) {
      case undefined:
        return { kind: 'end', at };
      case '"':
        return this.string(at);
      case '[':
        return this.attribute(at);
      case '(':
      case ')':
      case ',':
        return this.mark(first, at);
      case '&':
        return (expects === 'value' ? this.hexadecimal(at) : null) ?? this.mark('&', at);
      default:
        return this.number(at) ?? this.word(at) ?? this.comparison(at) ?? this.unreadable(at);
    }
  }

  private mark(mark: '(' | ')' | ',' | '&', at: number): Token {
    this.position = at + 1;
    return { kind: 'mark', mark, at };
  }

  private take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text);
    if (found !== null) this.position = pattern.lastIndex;
    return found;
  }

  private hexadecimal(at: number): Token | null {
    const digits = this.take(hex)?.[1];
    return digits === undefined ? null : { kind: 'number', value: Number.parseInt(digits, 16), hex: true, at };
  }

  private number(at: number): Token | null {
    const found = this.take(number)?.[0];
    return found === undefined ? null : { kind: 'number', value: Number(found), hex: false, at };
  }

  private word(at: number): Token | null {
    const found = this.take(word)?.[0];
    return found === undefined ? null : { kind: 'word', word: found, at };
  }

  private comparison(at: number): Token | null {
    const found = this.take(comparison)?.[0];
    return found === undefined ? null : { kind: 'compare', operator: found as Comparison, at };
  }

  /** `\` escapes the character after it. */
  private string(at: number): Token {
    let text = '';
    for (let index = at + 1; index < this.text.length; index += 1) {
      const character = this.text.charAt(index);
      if (character === '"') {
        this.position = index + 1;
        return { kind: 'text', text, at };
      }
      if (character === '\\') index += 1;
      text += this.text.charAt(index);
    }
    throw new ExpressionError('syntax', 'the text is not closed', at, 'close it with "');
  }

  /** Up to the bracket that closes it: `emails[type eq "work"].value` has brackets, and quoted text, of its own. */
  private attribute(at: number): Token {
    let depth = 0;
    let quoted = false;
    for (let index = at; index < this.text.length; index += 1) {
      const character = this.text.charAt(index);
      if (quoted && character === '\\') index += 1;
      else if (character === '"') quoted = !quoted;
      else if (!quoted && character === '[') depth += 1;
      else if (!quoted && character === ']') depth -= 1;
      if (depth === 0) {
        this.position = index + 1;
        return this.path(this.text.slice(at + 1, index).trim(), at);
      }
    }
    throw new ExpressionError('syntax', 'the attribute is not closed', at, 'close it with ]');
  }

  private path(path: string, at: number): Token {
    if (path === '') throw new ExpressionError('syntax', 'the attribute has no name', at, 'write [givenName]');
    return { kind: 'attribute', path, at };
  }

  private unreadable(at: number): never {
    const found = this.text.charAt(at);
    if (found === "'") throw new ExpressionError('syntax', 'a text stands in double quotes', at, 'write "…"');
    if (curly.test(found)) throw new ExpressionError('syntax', `${found} is no quote here`, at, 'write the straight "');
    throw new ExpressionError('syntax', `${String.fromCodePoint(this.text.codePointAt(at) ?? 0)} is not expected`, at);
  }
}
