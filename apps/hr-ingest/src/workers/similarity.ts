import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { canonicalKey, foldText } from '#libs/text/text.js';
import type { StatedFields } from './attributes.js';

/** Compares one field of two records: `agrees`, `differs`, or neither if one side has no value. */
type Comparison = 'agrees' | 'differs' | 'unsaid';

/**
 * The fields in which a statement names another person than the record it would change; null if it may be the same
 * person. A name, a birth date, an email, a first day or a personId in common is a sign of the same person, except that a
 * name in common does not outweigh another birth date. A single difference is a correction, or a new name after a marriage.
 *
 * @param stated what the statement says; what it leaves out says nothing, and without a name it is an update
 */
export function otherPersonIn(before: WorkerAttributes, stated: StatedFields): readonly string[] | null {
  if (typeof stated.familyName !== 'string') return null;
  const compared: Readonly<Record<string, Comparison>> = {
    name: compareNames(before, stated),
    birthDate: compare(before.birthDate, stated.birthDate),
    email: compare(before.email, stated.email),
    hireDate: compare(before.hireDate, stated.hireDate),
    personId: compare(before.personId, stated.personId),
  };
  const fields = Object.entries(compared);
  const agreeing = fields.filter(([, comparison]) => comparison === 'agrees').map(([field]) => field);
  const differing = fields.filter(([, comparison]) => comparison === 'differs').map(([field]) => field);
  const vouching = compared['birthDate'] === 'differs' ? agreeing.filter((field) => field !== 'name') : agreeing;
  return vouching.length === 0 && differing.length >= 2 ? differing : null;
}

/**
 * Like `otherPersonIn`, for two rows of one file. People who start together have the same first day, and another family
 * name alone may follow from a marriage.
 */
export function differAsPeople(one: StatedFields, other: StatedFields): boolean {
  const name = compareNames(one, other);
  const compared = [
    name,
    ...(['birthDate', 'email', 'personId'] as const).map((field) => compare(one[field], other[field])),
  ];
  const vouching = compared.slice(1).includes('agrees') || (name === 'agrees' && compared[1] !== 'differs');
  if (vouching) return false;
  const wholeName = name === 'differs' && compare(one.givenName, other.givenName) === 'differs';
  const differing = [...compared, compare(one.hireDate, other.hireDate)].filter(
    (comparison) => comparison === 'differs',
  );
  return wholeName || differing.length >= 2;
}

function compareNames(before: StatedFields, stated: StatedFields): Comparison {
  if (typeof stated.familyName !== 'string' || typeof before.familyName !== 'string') return 'unsaid';
  const family = compare(before.familyName, stated.familyName);
  const given = compare(before.givenName, stated.givenName);
  if (family === 'agrees') return given === 'differs' ? 'differs' : 'agrees';
  // Another family name with the same given name may follow from a marriage, or be another person: alone it proves nothing.
  return given === 'agrees' ? 'unsaid' : 'differs';
}

function compare(before: unknown, stated: unknown): Comparison {
  if (typeof before !== 'string' || typeof stated !== 'string' || stated === '') return 'unsaid';
  return foldText(canonicalKey(before)) === foldText(canonicalKey(stated)) ? 'agrees' : 'differs';
}
