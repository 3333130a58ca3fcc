import { isUuid } from '#libs/event-store/ids.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { csvFileOf } from '#libs/text/csv-file.js';
import { canonicalKey } from '#libs/text/text.js';
import { administratorsId, isFoundPackage } from '../policy/policy.exports.js';

/** Most rows of one bulk change. */
export const mostRows = 10_000;

/** One row of a file: whom and what it names, or why it cannot be read. */
export interface FileRow {
  readonly line: number;
  readonly identityId: string | null;
  readonly employeeId: string | null;
  readonly packageId: string | null;
  readonly endsAt: string | null;
  readonly problem: string | null;
}

const columns = ['employeeId', 'identityId', 'packageId', 'endsAt'] as const;
type Column = (typeof columns)[number];

/** Reads a file with the columns packageId, employeeId or identityId, and endsAt if wanted. @throws InvalidInput for its header */
export function rowsIn(text: string): FileRow[] {
  const { columns: stated, rows } = csvFileOf(text);
  const names = stated ?? [];
  const refuse = (detail: string): never => {
    throw new InvalidInput([{ pointer: '', detail }]);
  };
  if (!names.includes('packageId')) refuse('the header has no column packageId');
  if (!names.includes('employeeId') && !names.includes('identityId'))
    refuse('the header has no column employeeId or identityId');
  const unknown = names.find((name) => !columns.some((one) => one === name));
  if (unknown !== undefined) refuse(`the header has an unknown column ${unknown}: leave it out`);
  if (rows.length > mostRows) refuse(`the file has more than ${mostRows} rows: send it in parts`);
  return rows.map(({ line, cells }) => rowOf(line, cells, names));
}

function rowOf(line: number, cells: readonly string[] | null, names: readonly string[]): FileRow {
  const empty = { line, identityId: null, employeeId: null, packageId: null, endsAt: null };
  if (cells?.length !== names.length)
    return { ...empty, problem: 'has not as many values as the header: check its quotes' };
  const cell = (name: Column): string | null => {
    const value = cells[names.indexOf(name)] ?? '';
    return value === '' ? null : value;
  };
  const identityId = cell('identityId')?.toLowerCase() ?? null;
  const packageId = cell('packageId');
  const number = cell('employeeId');
  const until = cell('endsAt');
  const endsAt = until === null ? null : instantOf(until);
  const problem = problemOf({ identityId, packageId, number, until, endsAt });
  if (problem !== null) return { ...empty, problem };
  return { line, identityId, employeeId: number === null ? null : canonicalKey(number), packageId, endsAt, problem };
}

function problemOf(cells: Readonly<Record<'identityId' | 'packageId' | 'number' | 'until' | 'endsAt', string | null>>) {
  const { identityId, packageId, number, until, endsAt } = cells;
  if (packageId === null || !(administratorsId.test(packageId) || isFoundPackage(packageId)))
    return 'packageId must be the id of an access package';
  if (identityId === null)
    return number === null ? 'names nobody: give employeeId or identityId' : endProblem(until, endsAt);
  return isUuid(identityId) ? endProblem(until, endsAt) : 'identityId must be the id of an identity (UUID)';
}

const endProblem = (until: string | null, endsAt: string | null): string | null =>
  until !== null && endsAt === null ? 'endsAt must be an instant such as 2026-03-03T12:00:00Z' : null;

function instantOf(text: string): string | null {
  try {
    return utcOf(text);
  } catch {
    return null;
  }
}
