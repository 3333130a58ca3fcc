import { cellsOf } from './csv-record.js';
import { LineTooLong, RecordSplitter, type RecordText } from './record-splitter.js';

/** A whole CSV file (RFC 4180). */
export interface CsvFile {
  /** The values of its first line; null: there is none, or it is not CSV. */
  readonly columns: readonly string[] | null;
  /** The other records, by the line on which each begins; `cells` null: it is not CSV, and only that line is lost. */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] | null }[];
}

export function csvFileOf(text: string): CsvFile {
  const [header, ...rows] = recordsOf(text.replace(/^\uFEFF/, '')).map(({ line, text: record, broken }) => ({
    line,
    cells: broken ? null : cellsOf(record),
  }));
  return { columns: header?.cells ?? null, rows };
}

function recordsOf(text: string): RecordText[] {
  const splitter = new RecordSplitter(true, (record) => cellsOf(record) !== null);
  const records: RecordText[] = [];
  try {
    for (const record of splitter.push(text)) records.push(record);
    for (const record of splitter.end()) records.push(record);
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    records.push({ line: error.line, text: '', broken: true });
  }
  return records;
}
