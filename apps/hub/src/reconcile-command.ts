import { setTimeout as sleep } from 'node:timers/promises';
import { hasShape } from '#libs/event-store/core.js';
import { ProgressLine } from './progress-line.js';
import { bodyOf, RunningHub } from './running-hub.js';
import { parsed, usage } from './usage.js';

/** Between two looks at how far it has come. */
const lookMs = 200;

interface Reading {
  readonly id: string;
  readonly status: 'running' | 'completed' | 'held' | 'failed';
  readonly phase: 'waiting' | 'accounts' | 'entitlements' | 'matching' | 'over';
  readonly expected: number | null;
  readonly accounts: number;
  readonly added: number;
  readonly changed: number;
  readonly returned: number;
  readonly missing: number;
  readonly holdings: number;
  readonly detail: string | null;
}

const isReading = hasShape<Reading>({
  id: 'text',
  status: ['running', 'completed', 'held', 'failed'],
  phase: ['waiting', 'accounts', 'entitlements', 'matching', 'over'],
  expected: 'any',
  accounts: 'number',
  added: 'number',
  changed: 'number',
  returned: 'number',
  missing: 'number',
  holdings: 'number',
  detail: 'any',
});

/**
 * `hub reconcile CONNECTOR [--confirm N]`: has the application of a connector read, and shows how far it is. Exit 0 complete, 1 held
 * or failed, 2 usage.
 */
export async function reconcileCommand(args: readonly string[]): Promise<number> {
  const given = parsed(args, ['url', 'token', 'confirm']);
  const confirm = given?.values.confirm === undefined ? null : Number(given.values.confirm);
  if (given === null || (confirm !== null && !(Number.isInteger(confirm) && confirm > 0))) {
    process.stderr.write(usage);
    return 2;
  }
  const hub = await RunningHub.at(given.values, { name: 'hub-reconcile', roles: ['connector-admin'] });
  const connector = `/provisioning/v1/connectors/${encodeURIComponent(given.file)}`;
  const asked = await hub.callWith('POST', `${connector}/reconcile`, confirm === null ? {} : { confirm });
  const { id } = await bodyOf<Reading>(isReading, asked);
  return await follow(hub, `${connector}/readings/${id}`);
}

async function follow(hub: RunningHub, path: string): Promise<number> {
  const progress = new ProgressLine();
  for (;;) {
    const reading = await hub.read<Reading>(isReading, path);
    progress.show(reading.phase, ...shareOf(reading));
    if (reading.status !== 'running') {
      progress.end();
      for (const line of summaryOf(reading)) process.stdout.write(`${line}\n`);
      return reading.status === 'completed' ? 0 : 1;
    }
    await sleep(lookMs);
  }
}

/** How much of the accounts that were there before is read; a first reading knows no total. */
function shareOf({ status, phase, accounts, expected }: Reading): [done: number, all: number] {
  if (status !== 'running') return [1, 1];
  if (phase === 'waiting' || expected === null || expected === 0) return [0, 1];
  return [accounts, expected];
}

/** What a reading showed, for who asked for it. */
export function summaryOf(reading: Omit<Reading, 'id' | 'phase' | 'expected'>): string[] {
  const { status, accounts, added, changed, returned, missing, holdings, detail } = reading;
  return [
    `${status}: ${accounts} accounts, ${added} new, ${changed} changed, ${returned} back, ${missing} missing, ${holdings} groups and roles held`,
    ...(detail === null ? [] : [`  ${detail}`]),
  ];
}
