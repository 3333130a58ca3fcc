import { type WorkerAttributes, workerOf } from '#libs/contracts/hr-lifecycle.js';
import type { Loaded } from '#libs/event-store/event-stream.js';
import { uuidv7 } from '#libs/event-store/ids.js';
import { canonicalFields, isSame, isWorkerField, withoutCleared, type StatedFields } from './attributes.js';
import { contractorProblems } from './contractor-rules.js';
import { startOfDay } from '#libs/text/calendar-day.js';
import { otherPersonIn } from './similarity.js';
import { problemsOf } from './worker.dto.js';
import { KeyTaken, OtherPerson } from './worker.errors.js';
import { foldOf, keyToStore, resolveKey } from './worker-keys.js';
import { mentions, type Found } from './worker-lookup.query.js';
import { isKey, type FieldProblem } from './worker-rules.js';
import { worker, type Today, type Worker } from './worker.js';

/** One statement compared with what is known: the resulting record, or what is wrong with it. */
export type ReadStatement = {
  readonly loaded: Loaded<Worker>;
  /** What it says, in canonical form. */
  readonly stated: StatedFields;
} & (
  | { readonly is: 'sound'; readonly attributes: WorkerAttributes }
  | { readonly is: 'broken'; readonly problems: readonly FieldProblem[] }
);

interface Given {
  readonly employeeId: string;
  readonly fields: StatedFields;
  readonly absent: 'cleared' | 'kept';
  /** A person confirmed that this is about the worker with that number. */
  readonly sure?: boolean;
}

/** @throws KeyTaken for a number that differs only in case from a known one; OtherPerson unless somebody is sure */
export function readStatement(
  { employeeId, fields, absent, sure = false }: Given,
  found: Found,
  { nowMs, defaultZone, contractorDays }: Today & { readonly contractorDays: number },
): ReadStatement {
  const { key, ...loaded } = resolveWorker(employeeId, found);
  const stated = { ...canonicalFields(fields), employeeId: key };
  const known = loaded.state.status === 'known' ? loaded.state.attributes : null;
  const combined = withoutCleared({ ...(absent === 'kept' ? known : null), ...stated });
  const problems = problemsOf(
    combined,
    (field) => known !== null && isWorkerField(field) && isSame(known[field], combined[field]),
    ({ hireDate, timeZone }) => startOfDay(hireDate, timeZone ?? defaultZone) > nowMs,
  );
  if (problems.length === 0) {
    // Without a problem it is the whole record of a worker.
    problems.push(...contractorProblems(workerOf(combined), known, { nowMs, defaultZone, maxDays: contractorDays }));
  }
  problems.push(...wronglyMentioned(stated, known, found));
  if (problems.length > 0) return { is: 'broken', loaded, stated, problems };
  const differing = sure || known === null ? null : otherPersonIn(known, stated);
  if (differing !== null && known !== null)
    throw new OtherPerson({ worker: loaded.id, version: loaded.version, attributes: known }, differing);
  return { is: 'sound', loaded, stated, attributes: workerOf(combined) };
}

/** The worker with a number, or a new one, and the form in which the number is stored. @throws KeyTaken */
function resolveWorker(employeeId: string, { workers }: Found): Loaded<Worker> & { readonly key: string } {
  const alike = workers.get(foldOf(employeeId)) ?? [];
  const whom = resolveKey(employeeId, alike);
  switch (whom.is) {
    case 'known':
      return { ...whom.holder.value, key: keyToStore(employeeId, whom.holder, alike) };
    case 'new':
      return { id: uuidv7(), state: worker.initial, version: 0, key: keyToStore(employeeId, null, alike) };
    case 'twin':
      throw KeyTaken.inOtherCase('employeeId', employeeId, whom.first);
    case 'several':
      throw KeyTaken.severalTimes('employeeId', employeeId, whom.keys);
  }
}

/** The person with a personId; null while nobody has it. @throws KeyTaken */
export function resolvePerson(personId: string, { persons }: Found): string | null {
  const whom = resolveKey(personId, persons.get(foldOf(personId)) ?? []);
  switch (whom.is) {
    case 'known':
      return whom.holder.value;
    case 'new':
      return null;
    case 'twin':
      throw KeyTaken.inOtherCase('personId', personId, whom.first);
    case 'several':
      throw KeyTaken.severalTimes('personId', personId, whom.keys);
  }
}

/** employeeIds of other people in a statement. Invalid keys are refused elsewhere. */
export const mentionedIn = (fields: StatedFields): string[] =>
  mentions.map((field) => fields[field]).map((key) => (isKey(key) ? key : ''));

/** A number that differs only in case from a known one belongs to nobody: it is a mistake. */
function wronglyMentioned(stated: StatedFields, known: WorkerAttributes | null, { mentioned }: Found): FieldProblem[] {
  return mentions.flatMap((field) => {
    const key = stated[field];
    if (!isKey(key) || known?.[field] === key) return [];
    const whom = resolveKey(
      key,
      (mentioned.get(foldOf(key)) ?? []).map((one) => ({ key: one, value: null })),
    );
    if (whom.is !== 'twin') return [];
    const detail = `${JSON.stringify(key)} differs only in case from "${whom.first}", who is known: write it so`;
    return [{ field, detail }];
  });
}
