import { setTimeout as sleep } from 'node:timers/promises';
import { CannotStart } from './cannot-start.js';
import type { JsonLogger } from './json-logger.js';
import type { ServiceSettings } from '../settings/settings.js';

// Nothing large is imported here, so that signals are handled before the rest of the program is loaded.

/** A program that serves until it is stopped. */
export interface Running {
  readonly url: string;
  /** Address by which the first administrator signs in, once. */
  readonly signIn?: string;
  /** Resolves when the program cannot continue. */
  readonly failed?: Promise<void>;
  /** From now on it is not ready; requests are still answered. */
  drain(): void;
  stop(): Promise<void>;
}

/** Time for a graceful end, also of a start that is under way: it may have to wait for its own database. Milliseconds. */
const stopTimeoutMs = 25_000;

type Start = (settings: ServiceSettings, logger: JsonLogger, stopping: AbortSignal) => Promise<Running>;

/**
 * The life of a process. SIGTERM and SIGINT are handled from the first line: during the start they stop what has been
 * started; afterwards the program is not ready; after SIGTERM it waits SHUTDOWN_DELAY seconds, so that a load balancer
 * notices this; then everything ends gracefully. A second signal ends the process at once. Exit code 0 after a signal,
 * 1 when it could not start or go on.
 */
export async function run(name: string, start: Start, welcome: (running: Running) => string = () => ''): Promise<void> {
  const told = stopSignals();
  const logger = new (await import('./json-logger.js')).JsonLogger(name);
  try {
    const settings = (await import('../settings/settings.js')).loadSettings();
    const starting = start(settings, logger, told.signal);
    const running = await Promise.race([starting, told.first.then(() => null)]);
    if (running === null) {
      logger.log({ message: 'stops before it has started' });
      await endStart(starting);
      process.exit(0);
    }
    logger.log({ message: 'ready', url: running.url });
    if (process.stdout.isTTY) process.stdout.write(welcome(running));
    const signal = await Promise.race([told.first, running.failed?.then(() => null) ?? told.first]);
    await end(running, signal, logger, settings.SHUTDOWN_DELAY * 1_000);
    process.exit(signal === null ? 1 : 0);
  } catch (error) {
    if (told.signal.aborted) process.exit(0);
    await reportFailure(error, logger);
    process.exit(1);
  }
}

/** @param signal null when what the process depends on ended */
async function end(running: Running, signal: StopSignal | null, logger: JsonLogger, delayMs: number): Promise<void> {
  setTimeout(() => process.exit(1), stopTimeoutMs + delayMs).unref();
  running.drain();
  if (signal === null) logger.fatal('a process that this one depends on has ended; it stops');
  else logger.log({ message: 'stops', signal });
  if (signal === 'SIGTERM') await sleep(delayMs);
  await running.stop();
}

type StopSignal = 'SIGTERM' | 'SIGINT';

function stopSignals(): { readonly signal: AbortSignal; readonly first: Promise<StopSignal> } {
  const stopping = new AbortController();
  const first = new Promise<StopSignal>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stopping.signal.aborted) process.exit(1);
        stopping.abort();
        resolve(signal);
      });
    }
  });
  return { signal: stopping.signal, first };
}

/** A start that was told to stop fails soon. If it has just succeeded, it is stopped. */
async function endStart(starting: Promise<Running>): Promise<void> {
  setTimeout(() => process.exit(1), stopTimeoutMs).unref();
  const running = await starting.catch(() => null);
  await running?.stop();
}

async function reportFailure(error: unknown, logger: JsonLogger): Promise<void> {
  const { BadSettings } = await import('../settings/settings.js');
  const { whyNoDatabase } = await import('./await-database.js');
  const noDatabase = whyNoDatabase(error);
  if (error instanceof BadSettings || error instanceof CannotStart) process.stderr.write(`${error.message}\n`);
  else if (noDatabase !== null) process.stderr.write(`cannot start: ${noDatabase}\n`);
  else logger.fatal(error);
}
