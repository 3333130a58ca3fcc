import { type WorkerAttributes, workerFields } from '#libs/contracts/hr-lifecycle.js';
import { ownName } from '#libs/contracts/source-names.js';
import { EvaluationError, ExpressionError, type Value } from '#libs/mapping/expression.js';
import { compileExpression, type MappingExpression } from '#libs/mapping/mapping-expression.js';
import type { Filter } from '#libs/scim/filter/filter.js';
import { matches, type FilterSchema } from '#libs/scim/filter/matches.js';
import { parseFilter } from '#libs/scim/filter/parse.js';

/** How user names are made for people of whom HR states no address. */
export interface NameRule {
  readonly displayName: string;
  /** SCIM filter over what HR states; null: everybody. */
  readonly filter: string | null;
  /** Expression of what HR states, in the language of mappings. */
  readonly pattern: string;
}

/** What has no meaning before there is a name, or would give another name each time. */
const notServed = ['SelectUniqueValue', 'DefaultDomain', 'Now', 'Guid', 'RandomString'];

/** Fields that a name may be made of. */
const nameSources: readonly string[] = workerFields.filter((field) => field !== 'custom');

const isSource = (path: string): boolean => {
  const name = ownName(path);
  return nameSources.includes(name) || /^custom\.[^.]+$/.test(name);
};

/** What is wrong with a pattern, with its offset and the mend; null for nothing. */
export function patternProblem(pattern: string): string | null {
  try {
    const { places, uses } = compileExpression(pattern);
    const unserved = uses.find((name) => notServed.includes(name));
    if (unserved !== undefined)
      return `uses ${unserved}: a name is made of what HR states, and the hub adds a number where it is taken`;
    const unknown = places.find(({ path }) => !isSource(path));
    if (unknown !== undefined)
      return `at ${unknown.at}: reads [${unknown.path}], which HR does not state: give one of ${nameSources.join(', ')} or custom.NAME`;
    return places.length === 0 ? 'is the same for everybody: read an attribute, for example [familyName]' : null;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
}

/** The rules for names, in order of their ids. */
export class NameRules {
  private readonly rules: readonly { readonly filter: Filter | null; readonly pattern: MappingExpression }[];

  constructor(
    documents: readonly NameRule[],
    private readonly keys: FilterSchema,
  ) {
    this.rules = documents.map(({ filter, pattern }) => ({
      filter: filter === null ? null : parseFilter(filter),
      pattern: compileExpression(pattern),
    }));
  }

  /** What the first rule whose filter matches makes of a person; null where none does, or it gives nothing. */
  nameOf(attributes: WorkerAttributes): string | null {
    const rule = this.rules.find(({ filter }) => filter === null || matches(filter, attributes, this.keys));
    return rule === undefined ? null : textOf(rule.pattern, attributes);
  }
}

function textOf(pattern: MappingExpression, attributes: WorkerAttributes): string | null {
  const attribute = (path: string): Value => valueOf(attributes, ownName(path));
  try {
    const outcome = pattern.evaluate({ attribute, now: '', seed: '', defaultDomain: null, isFree: () => true });
    const { value } = outcome.is === 'ignore' ? { value: null } : outcome;
    return typeof value === 'string' && value !== '' ? value : null;
  } catch (error) {
    if (error instanceof EvaluationError) return null;
    throw error;
  }
}

function valueOf(attributes: WorkerAttributes, name: string): Value {
  const [field = '', part] = name.split('.', 2);
  const value = (attributes as unknown as Readonly<Record<string, Value | undefined>>)[field] ?? null;
  if (part === undefined) return value;
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, part)
    ? ((value as Readonly<Record<string, Value>>)[part] ?? null)
    : null;
}
