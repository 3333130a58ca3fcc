import type { Role } from '#libs/auth/caller.js';
import { RunningHub } from './running-hub.js';
import { parsed, usage } from './usage.js';

export const services: readonly string[] = ['hr', 'governance', 'provisioning', 'audit'];

/** Each service has its operator: a command may call any of them. */
export const operators: readonly Role[] = ['hr-operator', 'policy-admin', 'connector-admin', 'security'];

/**
 * `hub republish SERVICE --from TIME [--topic TOPIC --for ID]`: has a running service publish its messages since TIME again;
 * with `--for` only for the readers of that resumption. Exit 0 under way, 1 not, 2 usage.
 */
export async function republish(args: readonly string[]): Promise<number> {
  const given = parsed(args, ['from', 'topic', 'for', 'url', 'token']);
  const from = given?.values.from;
  if (given === null || from === undefined || !services.includes(given.file)) {
    const mend = given === null || from === undefined ? '' : `SERVICE must be one of ${services.join(', ')}\n`;
    process.stderr.write(`${mend}${usage}`);
    return 2;
  }
  const hub = await RunningHub.at(given.values, { name: 'hub-republish', roles: operators });
  const response = await hub.callWith('POST', `/${given.file}/v1/republications`, {
    ...{ from, topic: given.values.topic, for: given.values.for },
  });
  if (response.status !== 202) throw new Error(`refused with ${response.status}: ${await response.text()}`);
  process.stdout.write(`${given.file} publishes again what it said since ${from}\n`);
  return 0;
}
