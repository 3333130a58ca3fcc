import { CallFailure } from '#libs/outgoing/failure.js';
import { pathOf } from '#libs/scim/client/attribute-path.js';
import type { ScimProfile } from '#libs/scim/client/profile.js';
import type { PatchOperation } from '#libs/scim/client/resources.js';
import type { Attributes } from '../target.js';

type Limits = Pick<
  ScimProfile,
  'lengths' | 'forbiddenCharacters' | 'maxValues' | 'required' | 'clear' | 'userNameForm'
>;

/** What is sent in the form that the application keeps. */
export function asKept(attributes: Attributes, { userNameForm }: Pick<ScimProfile, 'userNameForm'>): Attributes {
  const { userName } = attributes;
  if (userNameForm !== 'lower-case' || typeof userName !== 'string') return attributes;
  return { ...attributes, userName: userName.toLowerCase() };
}

/**
 * Refuses what the application would refuse, cut or drop. Nothing is shortened: a person corrects the value or the mapping.
 * @param attributes that the account has afterwards, as far as they are known
 * @param written the change; null for an account that is made, which needs all that the application requires
 * @throws CallFailure `value-refused`
 */
export function requireFit(attributes: Attributes, profile: Limits, written: Attributes | null): void {
  const given = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  for (const [path, value] of given) {
    const unfit = unfitText(path, value, profile);
    if (unfit !== null) throw refused(`${path} ${unfit}`);
  }
  for (const [name, most] of Object.entries(profile.maxValues))
    if (valuesOf(given, name) > most)
      throw refused(`${name} takes ${most} ${most === 1 ? 'value' : 'values'} here: map no more`);
  const missing = profile.required.find(
    (name) => !isGiven(given, name) && (written === null || empties(written, name)),
  );
  if (missing === undefined) return;
  const mend = written === null ? 'add it to the mapping' : 'give "onNull": "ignore" or a default to its mapping';
  throw refused(`${missing} is required here and has no value: ${mend}`);
}

/** The change takes away a value of this attribute. */
const empties = (written: Attributes, name: string): boolean =>
  Object.entries(written).some(([path, value]) => value === null && isAtOrBelow(path, name));

type Given = readonly (readonly [path: string, value: unknown])[];

/** The texts of a value: of a list, each; of an entry, its value. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null ? textsIn((value as { value?: unknown }).value) : [];
}

/** Why the application does not take a value at a path; null where it does. */
export function unfitText(
  path: string,
  value: unknown,
  limits: Pick<Limits, 'lengths' | 'forbiddenCharacters'>,
): string | null {
  return textsIn(value).reduce<string | null>((fault, text) => fault ?? textFault(path, text, limits), null);
}

function textFault(
  path: string,
  text: string,
  { lengths, forbiddenCharacters }: Pick<Limits, 'lengths' | 'forbiddenCharacters'>,
): string | null {
  const characters = Array.from(text);
  const [, most] = Object.entries(lengths).find(([name]) => isSameOrPart(path, name)) ?? [];
  if (most !== undefined && characters.length > most)
    return `has more than ${most} characters, the most that this application keeps: shorten it`;
  const found = characters.find((one) => forbiddenCharacters.includes(one));
  return found === undefined
    ? null
    : `has the character ${JSON.stringify(found)}, which this application does not take: replace it`;
}

/** Values of a list: as a whole, and entry by entry. */
function valuesOf(given: Given, name: string): number {
  return given
    .filter(([path]) => isSameOrPart(path, name))
    .reduce((sum, [path, value]) => {
      const { select, sub } = pathOf(path) ?? { select: null, sub: null };
      return sum + (Array.isArray(value) ? value.length : select !== null && sub === 'value' ? 1 : 0);
    }, 0);
}

/** `emails` of `emails[type eq "work"].value`, and `userName` of itself. */
function isSameOrPart(path: string, name: string): boolean {
  const [low, wanted] = [path.toLowerCase(), name.toLowerCase()];
  return low === wanted || pathOf(path)?.name.toLowerCase() === wanted;
}

const isGiven = (given: Given, name: string): boolean =>
  given.some(([path, value]) => isAtOrBelow(path, name) && value !== '' && !isEmptyList(value));

/** `name.givenName` and `emails[type eq "work"].value` are below `name` and `emails`. */
function isAtOrBelow(path: string, name: string): boolean {
  const [low, wanted] = [path.toLowerCase(), name.toLowerCase()];
  return low === wanted || low.startsWith(`${wanted}[`) || low.startsWith(`${wanted}.`);
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** How an attribute is emptied here. @throws CallFailure where the application cannot */
export function cleared(
  operations: readonly PatchOperation[],
  { clear }: Pick<ScimProfile, 'clear'>,
): PatchOperation[] {
  return operations.map((one) => {
    if (one.op !== 'remove' || clear === 'remove' || one.path.endsWith(']')) return one;
    if (clear === 'unsupported')
      throw refused(`${one.path} cannot be emptied in this application: give "onNull": "ignore" to its mapping`);
    return { op: 'replace', path: one.path, value: clear === 'null' ? null : '' };
  });
}

function refused(detail: string): CallFailure {
  return new CallFailure({
    class: 'validation',
    code: 'value-refused',
    status: null,
    effectUnknown: false,
    retryAfterMs: null,
    detail,
  });
}

/** Accounts cannot be taken away in this way here. */
export function unsupported(detail: string): CallFailure {
  return new CallFailure({ ...refused(detail).terms, code: 'unsupported' });
}
