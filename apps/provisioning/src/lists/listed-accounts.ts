import { csvFileOf } from '#libs/text/csv-file.js';
import type { AccountFile } from '../connectors/connectors.exports.js';

/** An account as a line of a list states it. Null: the list does not say. */
export interface ListedAccount {
  readonly line: number;
  readonly id: string;
  readonly userName: string | null;
  readonly externalId: string | null;
  readonly active: boolean | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[] | null;
  readonly roles: readonly string[] | null;
}

/** What is wrong with a line; `column` is null where it is about the whole line. */
export interface RejectedLine {
  readonly line: number;
  readonly column: string | null;
  readonly detail: string;
}

export interface ListedAccounts {
  readonly accounts: readonly ListedAccount[];
  readonly rejections: readonly RejectedLine[];
}

const longestCell = 1_000;

/**
 * Reads a list of accounts as the connector's document maps its columns. A wrong line is rejected; the others count.
 * @returns a text that says what is wrong with the whole file
 */
export function readList(text: string, file: AccountFile): ListedAccounts | string {
  const { columns, rows } = csvFileOf(text);
  if (columns === null) return 'the file is empty, or its first line is not CSV: begin with the names of the columns';
  const missing = columnsOf(file).filter((name) => !columns.includes(name));
  if (missing.length > 0)
    return `column ${missing.join(', ')} is missing: add it, or correct \`file\` in the connector document`;
  const read = rows.map(({ line, cells }) => accountOf(line, cells, columns, file));
  const accounts = read.filter((one): one is ListedAccount => 'id' in one);
  const rejections = read.filter((one): one is RejectedLine => 'detail' in one);
  return { accounts, rejections };
}

/** Accounts that several lines state. */
export function statedTwice(accounts: readonly ListedAccount[], column: string): RejectedLine[] {
  const first = new Map<string, number>();
  return accounts.flatMap(({ id, line }) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, line);
    return before === undefined ? [] : [{ line, column, detail: `is in line ${before}, too: state each account once` }];
  });
}

function columnsOf({ account, userName, externalId, active, groups, roles, attributes }: AccountFile): string[] {
  const named = [account, userName, externalId, active?.column ?? null, groups, roles];
  return [...named.filter((name) => name !== null), ...Object.values(attributes)];
}

function accountOf(
  line: number,
  cells: readonly string[] | null,
  columns: readonly string[],
  file: AccountFile,
): ListedAccount | RejectedLine {
  if (cells === null) return { line, column: null, detail: 'is not CSV: close and double its quotes' };
  if (cells.length !== columns.length)
    return { line, column: null, detail: `has ${cells.length} values for ${columns.length} columns` };
  const long = cells.findIndex((cell) => cell.length > longestCell);
  if (long >= 0) return { line, column: columns[long] ?? null, detail: `has more than ${longestCell} characters` };
  const cell = (name: string | null): string => (name === null ? '' : (cells[columns.indexOf(name)] ?? ''));
  const id = cell(file.account);
  if (id === '') return { line, column: file.account, detail: 'is missing: give the id of the account' };
  const { active, separator, attributes } = file;
  const several = (name: string | null): string[] | null => (name === null ? null : partsOf(cell(name), separator));
  return {
    line,
    id,
    userName: orNull(cell(file.userName)),
    externalId: orNull(cell(file.externalId)),
    active: active === null ? null : active.values.some((value) => isSameText(value, cell(active.column))),
    attributes: Object.fromEntries(Object.entries(attributes).map(([path, column]) => [path, cell(column)])),
    groups: several(file.groups),
    roles: several(file.roles),
  };
}

const orNull = (text: string): string | null => (text === '' ? null : text);

const isSameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Each once, without blanks around them. */
function partsOf(cell: string, separator: string): string[] {
  const parts = cell.split(separator).map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}
