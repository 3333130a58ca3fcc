import { hasShape } from '#libs/event-store/core.js';
import { printable } from '#libs/service-kit/input/validation.js';
import { repeatedName } from '#libs/text/repeated-name.js';
import { cutText } from '#libs/text/text.js';
import {
  type FieldProblem,
  isKey,
  isWorkerField,
  keyRule,
  type StatedFields,
  type WorkerField,
} from '../workers/workers.exports.js';
import { cellsOf } from '#libs/text/csv-record.js';
import { RecordSplitter, type RecordText } from '#libs/text/record-splitter.js';

/** One row of a body: what it states, or why it cannot be read. */
export type ImportRow =
  | { readonly line: number; readonly employeeId: string; readonly fields: StatedFields }
  | {
      readonly line: number;
      readonly problems: readonly RowProblem[];
      /** As far as it can be read. */
      readonly employeeId?: string;
    };

const isReadable = hasShape<Extract<ImportRow, { fields: unknown }>>({
  line: 'number',
  employeeId: 'text',
  fields: 'object',
});
const isUnreadable = hasShape<Extract<ImportRow, { problems: unknown }>>({ line: 'number', problems: 'list' });

/** Is this a list of rows, as a piece of an import keeps it? */
export const isImportRows = (value: unknown): value is ImportRow[] =>
  Array.isArray(value) && value.every((row) => isReadable(row) || isUnreadable(row));

/** `field` is null where the whole row is at fault. */
export interface RowProblem {
  readonly field: string | null;
  readonly detail: string;
}

/** The header names an unknown field, or lacks a required one. Nothing of the body is applied. */
export class HeaderRefused extends Error {
  constructor(readonly problems: readonly FieldProblem[]) {
    super('the header is refused');
  }
}

/** Reads one body piece by piece. */
export interface RowReader {
  push(text: string): ImportRow[];
  end(): ImportRow[];
}

const lists: ReadonlySet<string> = new Set<WorkerField>(['phoneNumbers', 'addresses']);
/** Columns whose values may span lines. */
const severalLines: ReadonlySet<string> = new Set<WorkerField>(['addresses', 'custom']);

/**
 * CSV as of RFC 4180. The header holds names of worker fields in any order; a column left out changes nothing and an
 * empty cell clears. Cells separate several values with `;`, `custom` is a JSON object.
 * @throws HeaderRefused from `push` or `end`
 */
export class CsvRows implements RowReader {
  private columns: readonly WorkerField[] | null = null;
  private readonly splitter = new RecordSplitter(true, (text) => this.isWhole(cellsOf(text)));

  push(text: string): ImportRow[] {
    return this.rows(this.splitter.push(text));
  }

  end(): ImportRow[] {
    const rows = this.rows(this.splitter.end());
    if (this.columns === null)
      throw new HeaderRefused([
        { field: 'employeeId', detail: 'the file is empty: give a header and a row for each worker' },
      ]);
    return rows;
  }

  /** Two quotes that are not closed turn all rows between them into one valid record. A name over several lines shows this mistake. */
  private isWhole(cells: readonly string[] | null): boolean {
    const { columns } = this;
    if (cells === null || columns === null || cells.length !== columns.length) return false;
    return cells.every((cell, index) => !cell.includes('\n') || severalLines.has(columns[index] ?? ''));
  }

  private rows(records: Iterable<RecordText>): ImportRow[] {
    const rows: ImportRow[] = [];
    for (const record of records) {
      if (this.columns === null) this.columns = columnsOf(record);
      else rows.push(rowOf(record, this.columns));
    }
    return rows;
  }
}

function columnsOf({ text, broken }: RecordText): readonly WorkerField[] {
  const names = (broken ? null : cellsOf(text)) ?? [];
  const unlike = otherFormat(names);
  if (unlike !== null) throw new HeaderRefused([{ field: 'employeeId', detail: unlike }]);
  const problems: FieldProblem[] = [];
  names.forEach((field, index) => {
    if (!isWorkerField(field))
      problems.push({
        field,
        detail: `column ${index + 1} "${field}" is not a field of a worker: rename it or leave it out`,
      });
    else if (names.indexOf(field) !== index)
      problems.push({ field, detail: `the header has ${field} twice: leave one out` });
  });
  if (!names.includes('employeeId'))
    problems.push({ field: 'employeeId', detail: 'is missing in the header: every row needs it' });
  if (problems.length > 0) throw new HeaderRefused(problems);
  return names.filter(isWorkerField);
}

/** The name of a spreadsheet format that is not CSV in UTF-8; null if it looks like CSV. */
function otherFormat(names: readonly string[]): string | null {
  if (names.some((name) => /[\0\ufffd]/.test(name))) return 'is missing in the header: the file is not text in UTF-8';
  const [only = ''] = names;
  const parted = names.length === 1 ? /[;\t|]/.exec(only)?.[0] : undefined;
  if (parted === undefined) return null;
  const named = parted === '\t' ? 'tabs' : `"${parted}"`;
  return `is missing in the header, which separates columns with ${named}: use commas`;
}

function rowOf({ line, text, broken }: RecordText, columns: readonly WorkerField[]): ImportRow {
  const cells = broken ? null : cellsOf(text);
  if (cells === null)
    return refused(line, null, 'has a quote that is not closed, or a quote inside a quoted value that is not doubled');
  if (cells.length !== columns.length) {
    const short = columns[cells.length] ?? null;
    const mend = short === null ? 'quote values that hold a comma' : 'give an empty value for each field to clear';
    const detail = `has ${cells.length} values for ${columns.length} columns: ${mend}`;
    return refused(line, short, detail, cells[columns.indexOf('employeeId')]);
  }
  const fields: Partial<Record<WorkerField, unknown>> = {};
  for (const [index, field] of columns.entries()) {
    const value = valueOf(field, cells[index] ?? '');
    if (value === undefined) {
      const detail = 'must be a JSON object of texts, each name once, such as {"badge": "B-17"}';
      return refused(line, field, detail, cells[columns.indexOf('employeeId')]);
    }
    fields[field] = value;
  }
  return statedRow(line, fields);
}

function valueOf(field: WorkerField, cell: string): unknown {
  if (cell === '') return null;
  if (lists.has(field))
    return cell
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (field !== 'custom') return cell;
  const value = jsonOf(cell);
  return value === undefined || repeatedName(cell) === null ? value : undefined;
}

/** One JSON object of worker fields for each line; a field left out changes nothing and null clears. */
export class NdjsonRows implements RowReader {
  private readonly splitter = new RecordSplitter(false);

  push(text: string): ImportRow[] {
    return Array.from(this.splitter.push(text), rowOfJson);
  }

  end(): ImportRow[] {
    return Array.from(this.splitter.end(), rowOfJson);
  }
}

function rowOfJson({ line, text }: RecordText): ImportRow {
  const value = jsonOf(text);
  if (value === undefined) return refused(line, null, 'is not a JSON object');
  const repeated = repeatedName(text);
  if (repeated !== null) return refused(line, printable(cutText(repeated.slice(1), longestName)), givenTwice);
  const unknown = Object.keys(value).filter((name) => !isWorkerField(name));
  if (unknown.length > 0) return { line, problems: unknown.slice(0, maxNamed).map(unknownField) };
  return statedRow(line, value);
}

const givenTwice = 'is given twice: give it once';

/** Limits of unknown names in the message of one row: their number, and the characters of each. */
const maxNamed = 20;
const longestName = 100;

function unknownField(name: string): RowProblem {
  const field = printable(cutText(name, longestName));
  return { field, detail: `"${field}" is not a field of a worker: rename it or leave it out` };
}

function statedRow(line: number, fields: StatedFields): ImportRow {
  const { employeeId } = fields;
  if (typeof employeeId !== 'string' || employeeId === '')
    return refused(line, 'employeeId', 'is missing: every row needs it, as text');
  return isKey(employeeId) ? { line, employeeId, fields } : refused(line, 'employeeId', keyRule);
}

function jsonOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(line: number, field: string | null, detail: string, employeeId?: string): ImportRow {
  return { line, problems: [{ field, detail }], ...(isKey(employeeId) ? { employeeId } : {}) };
}
