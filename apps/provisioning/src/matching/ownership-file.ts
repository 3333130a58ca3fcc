import { csvFileOf } from '#libs/text/csv-file.js';
import { isUuid } from '#libs/event-store/ids.js';
import { type NonPersonKind, nonPersonKinds } from '../connectors/connectors.exports.js';
import type { StatedOwnership } from './ownership.js';

/** A decision in a line of a file. */
export interface OwnershipRow extends StatedOwnership {
  readonly line: number;
  readonly accountId: string;
  readonly reason: string;
}

/** What is wrong with a line; `column` is null where it is about the whole line. */
export interface RejectedRow {
  readonly line: number;
  readonly column: string | null;
  readonly detail: string;
}

export interface OwnershipFile {
  readonly rows: readonly OwnershipRow[];
  readonly rejections: readonly RejectedRow[];
  /** Accounts that several lines decide. */
  readonly twice: readonly RejectedRow[];
}

/** Columns that are read; the others are those of the list, for people. */
const needed = ['account', 'decision'] as const;
const longestReason = 2_000;

/**
 * Reads the decisions in a file. A line without a decision is left out.
 * @param known names of columns that a file may have
 * @returns a text that says what is wrong with the whole file
 */
export function readOwnershipFile(text: string, known: readonly string[]): OwnershipFile | string {
  const { columns, rows: records } = csvFileOf(text);
  if (columns === null) return 'the file is empty, or its first line is not CSV: begin with the names of the columns';
  const unknown = columns.filter((name) => !known.includes(name));
  if (unknown.length > 0) return `unknown column ${unknown.join(', ')}: leave it out`;
  const missing = needed.filter((name) => !columns.includes(name));
  if (missing.length > 0) return `column ${missing.join(', ')} is missing`;
  const read = records.map(({ line, cells }) => rowOf(line, cells, columns));
  const rows = read.flatMap((one) => (one !== null && 'decision' in one ? [one] : []));
  const rejections = read.flatMap((one) => (one !== null && 'detail' in one ? [one] : []));
  return { rows, rejections, twice: decidedTwice(rows) };
}

function rowOf(
  line: number,
  cells: readonly string[] | null,
  columns: readonly string[],
): OwnershipRow | RejectedRow | null {
  if (cells === null) return { line, column: null, detail: 'is not CSV: close and double its quotes' };
  if (cells.length !== columns.length)
    return { line, column: null, detail: `has ${cells.length} values for ${columns.length} columns` };
  const cell = (name: string): string => cells[columns.indexOf(name)] ?? '';
  const decision = cell('decision');
  if (decision === '') return null;
  const accountId = unquoted(cell('account'));
  if (accountId === '') return { line, column: 'account', detail: 'is missing: give the id of the account' };
  const reason = unquoted(cell('reason'));
  if (reason === '') return { line, column: 'reason', detail: 'is missing: say why' };
  if (reason.length > longestReason)
    return { line, column: 'reason', detail: `has more than ${longestReason} characters` };
  const stated = statedOf(line, decision, { identity: cell('identity'), kind: cell('kind') });
  return 'detail' in stated ? stated : { line, accountId, reason, ...stated };
}

function statedOf(
  line: number,
  decision: string,
  { identity, kind }: Record<'identity' | 'kind', string>,
): StatedOwnership | RejectedRow {
  switch (decision) {
    case 'person':
      if (isUuid(identity)) return { decision, identityId: identity, kind: null };
      return { line, column: 'identity', detail: 'must be the id of the person whose account it is' };
    case 'not-a-person':
      if (isKind(kind)) return { decision, identityId: null, kind };
      return { line, column: 'kind', detail: `must be ${nonPersonKinds.join(' or ')}` };
    case 'open':
      return { decision, identityId: null, kind: null };
    default:
      return { line, column: 'decision', detail: 'must be person, not-a-person or open' };
  }
}

const isKind = (text: string): text is NonPersonKind => (nonPersonKinds as readonly string[]).includes(text);

/** A cell that a spreadsheet would take for a formula has a quote before it. */
const unquoted = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

function decidedTwice(rows: readonly OwnershipRow[]): RejectedRow[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ accountId, line }) => {
    const before = first.get(accountId);
    if (before === undefined) first.set(accountId, line);
    return before === undefined
      ? []
      : [{ line, column: 'account', detail: `is decided in line ${before}, too: decide each account once` }];
  });
}
