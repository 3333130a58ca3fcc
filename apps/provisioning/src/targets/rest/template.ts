import { EvaluationError, ExpressionError, type Value } from '#libs/mapping/expression.js';
import { compileExpression, type MappingExpression } from '#libs/mapping/mapping-expression.js';
import { textOf } from '#libs/mapping/values.js';

/** What expressions may read while a request is made, by their names: `account.id`, `role.id`. */
export type Sources = Readonly<Record<string, Value>>;

/** A text with expressions in double braces: `/users/{{[account.id]}}/roles`. */
export interface Template {
  readonly sources: readonly string[];
  /** @param part writes the text of one expression, so that it cannot end what it stands in */
  text(sources: Sources, part?: (text: string) => string): string;
  /** The value alone of a template that is one expression; otherwise its text. */
  value(sources: Sources): Value;
}

/** What is wrong with a template. `at` is the offset in its text. */
export class TemplateError extends Error {
  constructor(
    readonly detail: string,
    readonly at: number,
  ) {
    super(`at ${at}: ${detail}`);
    this.name = 'TemplateError';
  }
}

type Part = string | MappingExpression;

const braces = /\{\{([^]*?)\}\}/g;
/** The name of a secret of a connector: who writes it expects the secret there. Any other text is sent as it is. */
const secret = /(?:^|\W)env:CONNECTOR_\w+__\w/;
/** What it needs is not known here. */
const notServed = ['SelectUniqueValue', 'DefaultDomain', 'Now'];
const ofChance = ['Guid', 'RandomString'];
/** The source under which a request brings chance, for example for a password that nobody is to know. */
export const chance = '%chance';

/** Names that an expression may read; `attributes`: every target of the mapping, and chance, too. */
export type Known = readonly string[] | { readonly names: readonly string[]; readonly attributes: true };

/**
 * @param known sources that it may read
 * @throws TemplateError
 */
export function compileTemplate(text: string, known: Known): Template {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: whole, 1: inner = '', index } of text.matchAll(braces)) {
    if (index > end) parts.push(literal(text.slice(end, index), end));
    parts.push(compiled(inner, index + 2, known));
    end = index + whole.length;
  }
  if (end < text.length || parts.length === 0) parts.push(literal(text.slice(end), end));
  const [only] = parts;
  const written = (sources: Sources, part = (one: string): string => one): string =>
    parts.map((one) => (typeof one === 'string' ? one : part(textOf(evaluated(one, sources))))).join('');
  return {
    sources: parts.flatMap((part) => (typeof part === 'string' ? [] : part.sources)),
    text: written,
    value: (sources) =>
      parts.length === 1 && only !== undefined && typeof only !== 'string'
        ? evaluated(only, sources)
        : written(sources),
  };
}

function literal(text: string, at: number): string {
  const open = text.indexOf('{{');
  if (open >= 0) throw new TemplateError('an expression is not closed: write }} after it', at + open);
  const found = secret.exec(text);
  if (found !== null)
    throw new TemplateError(
      'names a secret: secrets stand in auth alone, and go into the headers of each call',
      at + found.index,
    );
  return text;
}

function compiled(text: string, at: number, known: Known): MappingExpression {
  const offset = at + text.length - text.trimStart().length;
  try {
    const expression = compileExpression(text.trim());
    const { names, any } = namesOf(known);
    const unknown = expression.places.find(({ path }) => (any ? isSecret(path) : !names.includes(path)));
    if (unknown !== undefined) throw new TemplateError(unknownSource(unknown.path, names), offset + unknown.at);
    const refused = any ? notServed : [...notServed, ...ofChance];
    const unserved = expression.uses.find((name) => refused.includes(name));
    if (unserved !== undefined) throw new TemplateError(`uses ${unserved}, which is not served here`, offset);
    return expression;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { detail, mend } = error;
    throw new TemplateError(mend === null ? detail : `${detail}; ${mend}`, offset + error.at);
  }
}

const isSecret = (source: string): boolean => /^(auth|secret|token|password|credentials?)\b/i.test(source);

const namesOf = (known: Known): { names: readonly string[]; any: boolean } =>
  'names' in known ? { names: [...known.names, 'userName'], any: true } : { names: known, any: false };

function unknownSource(source: string, known: readonly string[]): string {
  const names = known.map((name) => `[${name}]`).join(', ');
  if (isSecret(source))
    return `reads [${source}]: secrets stand in auth alone, and go into the headers of each call; here there are ${names}`;
  return `reads [${source}], which is not known here: give one of ${names}`;
}

/** @throws EvaluationError when there is no value */
function evaluated(expression: MappingExpression, sources: Sources): Value {
  const attribute = (path: string): Value => (Object.hasOwn(sources, path) ? (sources[path] ?? null) : null);
  const outcome = expression.evaluate({
    attribute,
    now: '',
    seed: textOf(attribute(chance)),
    defaultDomain: null,
    isFree: () => false,
  });
  if (outcome.is === 'ignore') throw new EvaluationError('the expression gives no value', 0);
  return outcome.value;
}
