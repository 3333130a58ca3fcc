import type { Value } from '#libs/mapping/expression.js';
import type { BodyTemplate } from './rest-requests.js';
import type { Sources, Template } from './template.js';

type Leaf = Template | number | boolean | null;
type Fields = Readonly<Record<string, BodyTemplate>>;

/** The body of a request. @throws EvaluationError for an expression without a value */
export function bodyOf(template: BodyTemplate, sources: Sources): Value {
  return reduced(template, sources, () => true) ?? null;
}

/**
 * The body of a change: fields that read something that changes, and fixed ones beside them. Undefined where the change
 * is about nothing that the body sends.
 */
export function changedBody(template: BodyTemplate, sources: Sources, changed: ReadonlySet<string>): Value | undefined {
  if (!sourcesOf(template).some((source) => changed.has(source))) return undefined;
  const isMeant = (one: BodyTemplate): boolean => {
    const read = sourcesOf(one);
    return read.length === 0 || read.some((source) => changed.has(source));
  };
  return reduced(template, sources, isMeant);
}

/** Everything that a body reads. */
export function sourcesOf(template: BodyTemplate): readonly string[] {
  if (isLeaf(template)) return isTemplate(template) ? template.sources : [];
  return Object.values(partsOf(template)).flatMap(sourcesOf);
}

function reduced(template: BodyTemplate, sources: Sources, isMeant: (one: BodyTemplate) => boolean): Value | undefined {
  if (!isMeant(template)) return undefined;
  if (isLeaf(template)) return isTemplate(template) ? template.value(sources) : template;
  // A list is sent whole or not at all.
  if (Array.isArray(template))
    return (template as readonly BodyTemplate[]).map((one) => reduced(one, sources, () => true) ?? null);
  const entries = Object.entries(partsOf(template)).flatMap(([name, one]): [string, Value][] => {
    const value = reduced(one, sources, isMeant);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(entries);
}

function partsOf(template: Exclude<BodyTemplate, Leaf>): Fields | readonly BodyTemplate[] {
  return Array.isArray(template)
    ? (template as readonly BodyTemplate[])
    : (template as { readonly fields: Fields }).fields;
}

const isTemplate = (one: Leaf): one is Template => typeof one === 'object' && one !== null;

function isLeaf(one: BodyTemplate): one is Leaf {
  return typeof one !== 'object' || one === null || 'value' in one;
}
