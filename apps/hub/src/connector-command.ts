import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { hasShape, isObject, parsed } from '#libs/event-store/core.js';
import { documentFile } from './document-file.js';
import { RunningHub, type Address } from './running-hub.js';
import { usage } from './usage.js';

interface Given extends Address {
  readonly action: 'check' | 'discover';
  /** FILE of a check, id of a connector of a discovery. */
  readonly what: string;
  readonly id?: string | undefined;
  readonly write?: boolean | undefined;
}

interface Check {
  readonly promise: string;
  readonly outcome: 'passed' | 'failed' | 'warning' | 'not-checked';
  readonly detail: string;
}

interface Problem {
  readonly pointer: string;
  readonly detail: string;
}

interface Refused {
  readonly errors: readonly Problem[];
}

interface Checked {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

const isChecked = hasShape<Checked>({ ok: 'flag', checks: 'list' });

interface Discovered {
  readonly profile: unknown;
  readonly deviations: readonly { readonly switch: string; readonly value: unknown; readonly saw: string }[];
  readonly unsettled: readonly string[];
  readonly leftovers: readonly string[];
}

const isDiscovered = hasShape<Discovered>({ deviations: 'list', unsettled: 'list', leftovers: 'list' });

/**
 * `hub connector check FILE [--id ID]`: validates a connector document and runs the reading tests of it on a running hub; each
 * promise is printed as passed or not. `hub connector discover ID [--write]`: how the application of a stored connector
 * speaks SCIM. Exit 0 fine, 1 not, 2 usage.
 */
export async function connectorCommand(args: readonly string[]): Promise<number> {
  const given = givenBy(args);
  if (given === null) {
    process.stderr.write(usage);
    return 2;
  }
  const hub = await RunningHub.at(given, { name: 'hub-connector', roles: ['connector-admin'] });
  return given.action === 'check' ? await check(hub, given) : await discover(hub, given);
}

async function check(hub: RunningHub, { what, id }: Given): Promise<number> {
  const document = await documentFile(what);
  if (!isObject(document)) throw new Error(`${what} must hold a connector document: an object`);
  const known = typeof document['id'] === 'string' ? document['id'] : basename(what).replace(/\.[^.]*$/, '');
  const connector = encodeURIComponent(id ?? known);
  const answer = await hub.answer('POST', `/provisioning/v1/connectors/${connector}/check`, document);
  if (answer.status === 400) {
    const { errors } = parsed<Refused>('the answer', hasShape<Refused>({ errors: 'list' }), await answer.json());
    const lines = errors.map(({ pointer, detail }) => `    ${pointer} ${detail}\n`);
    process.stdout.write(['The document is valid: failed\n', ...lines].join(''));
    return 1;
  }
  if (!answer.ok) throw new Error(`refused with ${answer.status}: ${await answer.text()}`);
  const { ok, checks } = parsed<Checked>('the answer', isChecked, await answer.json());
  process.stdout.write(['The document is valid: passed\n', ...checks.map(checkLine)].join(''));
  return ok ? 0 : 1;
}

function checkLine({ promise, outcome, detail }: Check): string {
  return `${promise}: ${outcome.replace('-', ' ')}${detail === '' ? '' : `\n    ${detail}`}\n`;
}

async function discover(hub: RunningHub, { what, write = false }: Given): Promise<number> {
  const path = `/provisioning/v1/connectors/${encodeURIComponent(what)}/discover`;
  const answer = await hub.callWith('POST', path, { write });
  const found = parsed<Discovered>('the answer', isDiscovered, await answer.json());
  const lines = [
    `"profile": ${JSON.stringify(found.profile)}`,
    ...found.deviations.map((one) => `    ${one.switch} = ${JSON.stringify(one.value)}: ${one.saw}`),
    ...found.unsettled.map((one) => `not settled: ${one}`),
    ...found.leftovers.map((one) => `could not be removed, remove it by hand: ${one}`),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return found.unsettled.length + found.leftovers.length === 0 ? 0 : 1;
}

function givenBy([action, ...args]: readonly string[]): Given | null {
  if (action !== 'check' && action !== 'discover') return null;
  const text = { type: 'string' } as const;
  try {
    const { positionals, values } = parseArgs({
      args,
      options: { url: text, token: text, id: text, write: { type: 'boolean' } },
      allowPositionals: true,
    });
    const [what, ...more] = positionals;
    const isStray = action === 'check' ? values.write !== undefined : values.id !== undefined;
    return what === undefined || more.length > 0 || isStray ? null : { action, what, ...values };
  } catch {
    return null;
  }
}
