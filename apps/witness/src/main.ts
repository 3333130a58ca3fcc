import { SystemClock } from '#libs/system/clock.js';
import { witnessKey } from '#libs/witness/witness-key.js';
import { witnessServer } from '#libs/witness/witness-server.js';
import { witnessSettings } from './witness-settings.config.js';

/** How long requests under way may take after the signal, in milliseconds. */
const stopMs = 5_000;

/** Serves until SIGTERM or SIGINT. */
function main(): void {
  const clock = new SystemClock();
  const { dir, name, logs, host, port } = witnessSettings();
  const { signer, vkey } = witnessKey(dir, name);
  const server = witnessServer({ dir, signer, vkey, logs, nowMs: () => Date.parse(clock.now()) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      server.close(() => process.exit(0));
      // A request that is never finished must not hold the end up.
      setTimeout(() => server.closeAllConnections(), stopMs).unref();
    });
  }
  server.listen(port, host, () => process.stdout.write(`${JSON.stringify({ message: 'ready', vkey })}\n`));
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
