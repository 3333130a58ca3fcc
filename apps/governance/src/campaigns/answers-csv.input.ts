import { isUuid } from '#libs/event-store/ids.js';
import { InvalidInput } from '#libs/problems/problem.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { csvFileOf } from '#libs/text/csv-file.js';
import type { Answer } from './decide-items.command.js';

/** Columns that are read; others, such as those of items.csv, are left alone. */
type Column = 'itemId' | 'decision' | 'until' | 'comment';

/** One row of a file of answers: an answer, nothing (no decision yet), or why it cannot be read. */
export interface AnswerRow {
  readonly line: number;
  readonly itemId: string | null;
  readonly answer: Answer | null;
  readonly problem: string | null;
}

/** Most rows of one file. */
const mostRows = 10_000;

/**
 * Reads a file of answers: items.csv with its column decision filled in. A row without a decision is left out.
 * @throws InvalidInput for a header that lacks a column
 */
export function answersIn(text: string): AnswerRow[] {
  const { columns, rows } = csvFileOf(text);
  const names = columns ?? [];
  const missing = (['itemId', 'decision'] as const).filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new InvalidInput(
      missing.map((name) => ({ pointer: '', detail: `the header has no column ${name}: begin with items.csv` })),
    );
  if (rows.length > mostRows)
    throw new InvalidInput([{ pointer: '', detail: `has more than ${mostRows} rows: send it in parts` }]);
  return rows.map(({ line, cells }) => rowOf(line, cells, names));
}

function rowOf(line: number, cells: readonly string[] | null, names: readonly string[]): AnswerRow {
  if (cells?.length !== names.length)
    return { line, itemId: null, answer: null, problem: 'has not as many values as the header: check its quotes' };
  const cell = (name: Column): string => cells[names.indexOf(name)] ?? '';
  const itemId = cell('itemId').toLowerCase();
  const bad = (problem: string): AnswerRow => ({ line, itemId, answer: null, problem });
  if (cell('decision') === '') return { line, itemId, answer: null, problem: null };
  if (!isUuid(itemId)) return bad('itemId is no id of an item: leave this column as items.csv has it');
  const comment = cell('comment') === '' ? null : cell('comment');
  if (comment !== null && comment.length > 2000) return bad('comment has more than 2000 characters: shorten it');
  const decision = cell('decision').toLowerCase();
  switch (decision) {
    case 'keep':
    case 'revoke':
      return { line, itemId, answer: { itemId, decision, comment }, problem: null };
    case 'shorten': {
      const until = instantOf(cell('until'));
      if (until === null) return bad('until must be an instant such as 2026-03-03T12:00:00Z, to shorten');
      return { line, itemId, answer: { itemId, decision, until, comment }, problem: null };
    }
    default:
      return bad('decision must be keep, revoke or shorten');
  }
}

function instantOf(text: string): string | null {
  try {
    return utcOf(text);
  } catch {
    return null;
  }
}
