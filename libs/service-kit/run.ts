import { isOutage, sqlState } from '#libs/event-store/conflict.js';
import { JsonLogger } from './json-logger.js';
import { BadSettings, loadSettings, type ServiceSettings } from './settings.js';

/** Something that serves until it is told to stop. */
export interface Running {
  readonly url: string;
  /** Resolves when it cannot go on by itself. */
  readonly failed?: Promise<void>;
  stop(): Promise<void>;
}

/** A reason not to start that the operator can mend: told in words, without a stack. */
export abstract class CannotStart extends Error {}

/** Time for a graceful end, in milliseconds. */
const stopTimeoutMs = 25_000;

/**
 * The life of a process: settings, start, then SIGTERM or SIGINT ends it gracefully (a second one at once). Exit code
 * 0 after a signal, 1 when it could not start or go on.
 */
export async function run(
  name: string,
  start: (settings: ServiceSettings, logger: JsonLogger) => Promise<Running>,
  welcome: (url: string) => string = () => '',
): Promise<void> {
  const logger = new JsonLogger(name);
  let stopping = false;
  try {
    const running = await start(loadSettings(), logger);
    logger.log({ message: 'ready', url: running.url });
    if (process.stdout.isTTY) process.stdout.write(welcome(running.url));
    const signalled = new Promise<0>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.on(signal, () => {
          if (stopping) process.exit(1);
          stopping = true;
          resolve(0);
        });
      }
    });
    const code = await Promise.race([signalled, running.failed?.then(() => 1) ?? signalled]);
    stopping = true;
    if (code === 1) logger.fatal('what this depends on ended by itself; it stops');
    setTimeout(() => process.exit(1), stopTimeoutMs).unref();
    await running.stop();
    process.exit(code);
  } catch (error) {
    if (error instanceof BadSettings || error instanceof CannotStart) process.stderr.write(`${error.message}\n`);
    else if (isOutage(error))
      process.stderr.write(
        `cannot start: the database cannot be reached (${sqlState(error) ?? 'connection lost'}): see DATABASE_URL\n`,
      );
    else logger.fatal(error);
    process.exit(1);
  }
}
