import { isWellFormedText } from '#libs/text/text.js';
import { FilterError, type AttributePath, type CompareOperator, type Filter, type FilterValue } from './filter.js';

/** Microsoft's own limits; both are checked before work proportional to them is done. */
const MAX_LENGTH = 16_384;
const MAX_DEPTH = 32;
const MAX_NAMES_IN_PATH = 8;

const OPERATORS: ReadonlySet<string> = new Set<CompareOperator>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']);
const NAME = /^[A-Za-z$][\w$-]*$/;

/**
 * Reads a SCIM filter such as `userName eq "ada" and emails[type eq "work"]`. Operators and keywords may be in any case.
 * Beyond the RFC, `emails[type eq "work"].value eq "a@b"` is read (Entra sends it), as `emails[type eq "work" and value eq "a@b"]`.
 *
 * @throws FilterError `filter.invalid`, with the offset, for anything else, for more than 16,384 characters or 32 levels
 * @see RFC 7644 §3.4.2.2
 */
export function parseFilter(text: string): Filter {
  if (text.length > MAX_LENGTH) {
    throw new FilterError('filter.invalid', `the filter is longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  }
  return new FilterReader(text).whole();
}

class FilterReader {
  private position = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  whole(): Filter {
    const filter = this.or();
    this.skipBlanks();
    if (this.position < this.text.length) this.fail('expected "and", "or" or the end of the filter');
    return filter;
  }

  private or(): Filter {
    return this.chain('or', () => this.chain('and', () => this.term()));
  }

  /** `a and b and c` is one flat node, so that a long chain costs no stack. */
  private chain(kind: 'and' | 'or', next: () => Filter): Filter {
    const terms = [next()];
    while (this.keyword(kind)) terms.push(next());
    return terms.length === 1 && terms[0] !== undefined ? terms[0] : { kind, terms };
  }

  private term(): Filter {
    if (this.symbol('(')) return this.nested(')');
    if (this.keyword('not', /\s*\(/y)) {
      this.symbol('(');
      return { kind: 'not', term: this.nested(')') };
    }
    const attribute = this.path(/[A-Za-z$][\w$.:-]*/y);
    return this.symbol('[') ? this.valuePath(attribute) : this.test(attribute);
  }

  private nested(end: ')' | ']'): Filter {
    if (++this.depth > MAX_DEPTH) this.fail(`the filter is nested deeper than ${MAX_DEPTH} levels`);
    const filter = this.or();
    if (!this.symbol(end)) this.fail(`expected "${end}"`);
    this.depth--;
    return filter;
  }

  private valuePath(attribute: AttributePath): Filter {
    const term = this.nested(']');
    if (this.text[this.position] !== '.') return { kind: 'some', attribute, term };
    this.position++;
    return someOf(attribute, term, this.test(this.path(/[A-Za-z$][\w$-]*/y)));
  }

  private test(attribute: AttributePath): Filter {
    this.skipBlanks();
    const start = this.position;
    const operator = this.match(/[A-Za-z]+/y)?.toLowerCase() ?? '';
    if (operator === 'pr') return { kind: 'present', attribute };
    if (!isCompareOperator(operator)) {
      this.fail(`expected eq, ne, co, sw, ew, gt, ge, lt, le or pr after "${attribute.text}"`, start);
    }
    const value = this.value();
    this.refuseOddPair(operator, value, start);
    return { kind: 'compare', attribute, operator, value };
  }

  private refuseOddPair(operator: CompareOperator, value: FilterValue, start: number): void {
    const orders = operator !== 'eq' && operator !== 'ne';
    if (orders && (value === null || typeof value === 'boolean'))
      this.fail(`${operator} cannot compare to ${value}`, start);
    if (/^(co|sw|ew)$/.test(operator) && typeof value !== 'string') this.fail(`${operator} needs a quoted text`, start);
  }

  private value(): FilterValue {
    this.skipBlanks();
    const start = this.position;
    const literal =
      this.match(/"(?:[^"\\]|\\.)*"/y) ??
      this.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y) ??
      this.match(/(?:true|false|null)(?![\w.])/iy)?.toLowerCase();
    const value = literal === undefined ? undefined : readLiteral(literal);
    if (value === undefined) this.fail('expected a "quoted text", a number, true, false or null', start);
    return value;
  }

  private path(pattern: RegExp): AttributePath {
    this.skipBlanks();
    const position = this.position;
    const text = this.match(pattern);
    if (text === undefined) this.fail('expected an attribute name');
    const urnEnd = /^urn:/i.test(text) ? text.lastIndexOf(':') : -1;
    const names = text.slice(urnEnd + 1).split('.');
    if (names.length > MAX_NAMES_IN_PATH) this.fail(`more than ${MAX_NAMES_IN_PATH} names in one path`, position);
    if (!names.every((name) => NAME.test(name))) this.fail('expected an attribute name', position);
    return { text, urn: urnEnd < 0 ? null : text.slice(0, urnEnd), names, position };
  }

  private keyword(word: string, followedBy = /[\s(]/y): boolean {
    this.skipBlanks();
    const end = this.position + word.length;
    if (this.text.slice(this.position, end).toLowerCase() !== word) return false;
    followedBy.lastIndex = end;
    if (!followedBy.test(this.text)) return false;
    this.position = end;
    return true;
  }

  private symbol(character: string): boolean {
    this.skipBlanks();
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.position;
    const found = sticky.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  private skipBlanks(): void {
    this.match(/\s*/y);
  }

  private fail(message: string, position = this.position): never {
    throw new FilterError('filter.invalid', message, position);
  }
}

/** `a[term].b op v`. A negative test is the negation of the positive one, as everywhere else. */
function someOf(attribute: AttributePath, term: Filter, test: Filter): Filter {
  if (test.kind !== 'compare' || (test.operator !== 'ne' && test.value !== null)) {
    return { kind: 'some', attribute, term: { kind: 'and', terms: [term, test] } };
  }
  const positive: Filter =
    test.value === null ? { kind: 'present', attribute: test.attribute } : { ...test, operator: 'eq' };
  const some: Filter = { kind: 'some', attribute, term: { kind: 'and', terms: [term, positive] } };
  return test.operator === 'ne' && test.value === null ? some : { kind: 'not', term: some };
}

/** What PostgreSQL text cannot hold is refused here, and nothing can be equal to it. */
function readLiteral(literal: string): FilterValue | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    if (typeof value === 'string') return isWellFormedText(value) ? value : undefined;
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    return typeof value === 'boolean' || value === null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isCompareOperator = (text: string): text is CompareOperator => OPERATORS.has(text);
