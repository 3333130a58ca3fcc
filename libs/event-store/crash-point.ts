import { crashAt } from './crash-point.config.js';

const [target = '', nth = '1'] = crashAt.split(':');
let left = Number(nth);

/**
 * Kills the process with SIGKILL when this is the point named by `HUB_CRASH_AT`, at the nth time that it is reached; otherwise does nothing.
 * Every point is listed in test/faults/README.md, and the fault suite fails for a point that is never reached.
 */
export function crashPoint(name: string): void {
  if (target === '' || name !== target) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}
