import { hasShape } from '#libs/event-store/core.js';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProgressLine } from './progress-line.js';
import { RunningHub } from './running-hub.js';
import { parsed, usage } from './usage.js';

const kinds: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
};
const pollMs = 200;

interface ImportState {
  readonly status: 'running' | 'held' | 'completed' | 'failed' | 'cancelled';
  readonly total: number | null;
  readonly processed: number;
  readonly created: number;
  readonly changed: number;
  readonly terminated: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Rows that wait for an hr-operator. */
  readonly held: number;
  readonly reasons: readonly string[];
  readonly detail: string | null;
  readonly rejections: readonly Rejection[];
}

const isImportState = hasShape<ImportState>({
  status: ['running', 'held', 'completed', 'failed', 'cancelled'],
  total: 'any',
  processed: 'number',
  created: 'number',
  changed: 'number',
  terminated: 'number',
  unchanged: 'number',
  rejected: 'number',
  held: 'number',
  reasons: 'list',
  detail: 'any',
  rejections: 'list',
});

interface Rejection {
  readonly line: number;
  readonly employeeId: string | null;
  readonly field: string | null;
  readonly detail: string;
}

/**
 * `hub import FILE`: streams the file to a hub and follows the import. Exit 0 when every row was taken, 1 when some were
 * rejected or held, or the import did not complete, 2 usage.
 */
export async function importFile(args: readonly string[]): Promise<number> {
  const given = parsed(args, ['url', 'token', 'mode', 'population']);
  const type = given === null ? undefined : kinds[extname(given.file).toLowerCase()];
  if (given === null || type === undefined) {
    process.stderr.write(given === null ? usage : `FILE must end in ${Object.keys(kinds).join(', ')}\n${usage}`);
    return 2;
  }
  const hub = await RunningHub.at(given.values, { name: 'hub-import', roles: ['hr-feed'] });
  const progress = new ProgressLine();
  const file = await open(given.file);
  const { size } = await file.stat();
  let sent = 0;
  const body = file.createReadStream().on('data', (chunk) => progress.show('sending', (sent += chunk.length), size));
  const response = await hub.call('POST', `/hr/v1/imports?${queryOf(given.values)}`, {
    headers: { 'content-type': type, 'content-length': String(size) },
    body: Readable.toWeb(body) as ReadableStream,
    duplex: 'half',
  });
  const location = response.headers.get('location');
  if (response.status !== 202 || location === null)
    throw new Error(`refused with ${response.status}: ${await response.text()}`);
  return await follow(hub, location, progress);
}

function queryOf({ mode = 'delta', population }: { mode?: string; population?: string }): string {
  return new URLSearchParams({ mode, ...(population === undefined ? {} : { population }) }).toString();
}

async function follow(hub: RunningHub, location: string, progress: ProgressLine): Promise<number> {
  for (;;) {
    const state = await hub.read<ImportState>(isImportState, location);
    progress.show('importing', state.processed, state.total ?? state.processed);
    if (state.status !== 'running') {
      progress.end();
      for (const line of summaryOf(state)) process.stdout.write(`${line}\n`);
      return isWholeSuccess(state) ? 0 : 1;
    }
    await sleep(pollMs);
  }
}

/** Did every row come in? */
export const isWholeSuccess = ({
  status,
  rejected,
  held,
}: Pick<ImportState, 'status' | 'rejected' | 'held'>): boolean =>
  status === 'completed' && rejected === 0 && held === 0;

/** The result of an import, for the sender of the file. */
export function summaryOf(state: Omit<ImportState, 'total' | 'processed'>): string[] {
  const { status, created, changed, terminated, unchanged, rejected, held, rejections } = state;
  const lines = [
    `${status}: ${created} created, ${changed} changed, ${terminated} terminated, ${unchanged} unchanged, ${rejected} rejected, ${held} held`,
  ];
  if (state.detail !== null) lines.push(`  ${state.detail}`);
  if (state.reasons.length > 0)
    lines.push(`  held for ${state.reasons.join(', ')}: an hr-operator releases or cancels it at /hr/v1/holds`);
  else if (held > 0) lines.push(`  ${held} rows wait for an hr-operator, at /hr/v1/holds`);
  for (const { line, employeeId, field, detail } of rejections)
    lines.push(
      `  line ${line}, ${employeeId === null ? 'no employeeId' : `employeeId ${employeeId}`}: ${field === null ? '' : `${field} `}${detail}`,
    );
  const more = rejected - new Set(rejections.map(({ line }) => line)).size;
  if (more > 0) lines.push(`  ${more} more rows were rejected and are not listed`);
  return lines;
}
