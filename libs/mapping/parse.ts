import {
  deepestNesting,
  ExpressionError,
  longestExpression,
  type Argument,
  type Comparison,
  type Expression,
} from './expression.js';
import { Tokens, type Token } from './tokens.js';

/**
 * Reads an expression of Entra's attribute mappings, such as `Join(".", [givenName], [familyName])`. Says nothing of what
 * the functions are: see `check`.
 *
 * @throws ExpressionError with the offset and what was expected
 * @see https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
 */
export function parseExpression(text: string): Expression {
  if (text.length > longestExpression) {
    const limit = `an expression has at most ${longestExpression} characters, this has ${text.length}`;
    throw new ExpressionError('too-long', limit, longestExpression);
  }
  return new Reader(text).whole();
}

class Reader {
  private readonly tokens: Tokens;
  private token: Token;
  private depth = 0;

  constructor(text: string) {
    this.tokens = new Tokens(text);
    this.token = this.tokens.next('value');
  }

  whole(): Expression {
    const expression = this.comparison();
    if (this.token.kind !== 'end') this.unexpected('the end of the expression');
    return expression;
  }

  private comparison(): Expression {
    const left = this.joined();
    const operator = this.operator();
    if (operator === null) return left;
    const right = this.joined();
    if (this.operator() !== null) this.refuseChain();
    return { kind: 'compare', operator, left, right, at: left.at };
  }

  private operator(): Comparison | null {
    const { token } = this;
    if (token.kind !== 'compare') return null;
    this.advance('value');
    return token.operator;
  }

  private refuseChain(): never {
    const mend = 'nest IIF: IIF([a]="x",IIF([b]="y",…,…),…) for and, IIF([a]="x",…,IIF([b]="y",…,…)) for or';
    throw new ExpressionError('condition', 'a condition compares two values', this.token.at, mend);
  }

  private joined(): Expression {
    const first = this.primary();
    const parts = [first];
    while (this.token.kind === 'mark' && this.token.mark === '&') {
      this.advance('value');
      parts.push(this.primary());
    }
    return parts.length === 1 ? first : { kind: 'join', parts, at: first.at };
  }

  private primary(): Expression {
    const { token } = this;
    switch (token.kind) {
      case 'text':
      case 'number':
      case 'attribute':
        this.advance('operator');
        return token;
      case 'word':
        return this.wordOrCall(token.word, token.at);
      case 'mark':
      case 'compare':
      case 'end':
        return this.unexpected('a text "…", an attribute […], a number or a function');
    }
  }

  private wordOrCall(word: string, at: number): Expression {
    this.advance('operator');
    if (this.token.kind !== 'mark' || this.token.mark !== '(') return { kind: 'word', word, at };
    this.depth += 1;
    if (this.depth > deepestNesting)
      throw new ExpressionError('too-deep', `calls are nested at most ${deepestNesting} deep`, at);
    this.advance('value');
    const args = this.arguments();
    this.depth -= 1;
    return { kind: 'call', name: word, args, at };
  }

  private arguments(): Argument[] {
    if (this.isMark(')')) {
      this.advance('operator');
      return [];
    }
    const args: Argument[] = [];
    for (;;) {
      args.push(this.isMark(',') || this.isMark(')') ? null : this.comparison());
      if (this.isMark(')')) {
        this.advance('operator');
        return args;
      }
      if (!this.isMark(',')) this.unexpected(', or )');
      this.advance('value');
    }
  }

  private isMark(mark: string): boolean {
    return this.token.kind === 'mark' && this.token.mark === mark;
  }

  private advance(expects: 'value' | 'operator'): void {
    this.token = this.tokens.next(expects);
  }

  private unexpected(expected: string): never {
    const { token } = this;
    if (token.kind === 'word' && /^(and|or)$/i.test(token.word)) this.refuseChain();
    const mend = token.kind === 'word' || token.kind === 'text' ? 'join values with &' : null;
    throw new ExpressionError('syntax', `expected ${expected}, found ${shown(token)}`, token.at, mend);
  }
}

function shown(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end';
    case 'text':
      return 'a text';
    case 'number':
      return String(token.value);
    case 'attribute':
      return `[${token.path}]`;
    case 'word':
      return token.word;
    case 'compare':
      return token.operator;
    case 'mark':
      return token.mark;
  }
}
