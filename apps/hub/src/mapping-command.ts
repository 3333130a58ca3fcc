import { hasShape, isObject } from '#libs/event-store/core.js';
import { parseArgs } from 'node:util';
import { documentFile } from './document-file.js';
import { bodyOf, RunningHub, type Address } from './running-hub.js';
import { usage } from './usage.js';

interface Given extends Address {
  readonly connector: string;
  /** An employeeId, or the id of an identity. */
  readonly person: string;
  readonly file?: string | undefined;
}

interface Entry {
  readonly target: string;
  readonly outcome: 'value' | 'empty' | 'ignored' | 'failed' | 'waiting';
  readonly value: unknown;
  readonly detail: string | null;
  readonly warnings: readonly { readonly detail: string; readonly at: number }[];
  readonly steps: readonly { readonly expression: string; readonly value: unknown }[];
}

interface Evaluated {
  readonly entries: readonly Entry[];
}
const isEvaluated = hasShape<Evaluated>({ entries: 'list' });

interface Found {
  readonly items: readonly { readonly id: string }[];
}
const isFound = hasShape<Found>({ items: 'list' });

/**
 * `hub mapping eval CONNECTOR PERSON [--file FILE]`: what a running hub's mapping gives for one person, step by step.
 * FILE holds a list of mapping entries, or a connector document, to try instead. Exit 0 all have values, 1 not, 2 usage.
 */
export async function mappingCommand(args: readonly string[]): Promise<number> {
  const given = givenBy(args);
  if (given === null) {
    process.stderr.write(usage);
    return 2;
  }
  const hub = await RunningHub.at(given, { name: 'hub-mapping', roles: ['connector-admin', 'policy-admin'] });
  const identity = await identityOf(hub, given.person);
  const body = { identity, ...(given.file === undefined ? {} : await triedIn(given.file)) };
  const answer = await hub.callWith('POST', `/provisioning/v1/connectors/${given.connector}/mapping/evaluate`, body);
  const { entries } = await bodyOf<Evaluated>(isEvaluated, answer);
  process.stdout.write(entries.map(shown).join(''));
  return entries.some(({ outcome }) => hasNone(outcome)) ? 1 : 0;
}

async function identityOf(hub: RunningHub, person: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(person)) return person;
  const filter = encodeURIComponent(`employeeId eq ${JSON.stringify(person)}`);
  const { items } = await hub.read<Found>(isFound, `/governance/v1/identities?filter=${filter}`);
  const [found] = items;
  if (found === undefined) throw new Error(`there is no person with the employeeId ${person}`);
  return found.id;
}

/** The parts of a connector document that decide about values. */
async function triedIn(file: string): Promise<object> {
  const stated = await documentFile(file);
  if (Array.isArray(stated)) return { mapping: stated };
  if (!isObject(stated)) throw new Error(`${file} must hold a list of mapping entries, or a connector document`);
  const { mapping = [], mappingDefaults = true, sensitive = [] } = stated;
  return { mapping, mappingDefaults, sensitive };
}

const hasNone = (outcome: Entry['outcome']): boolean => outcome === 'failed' || outcome === 'waiting';

function shown({ target, outcome, value, detail, warnings, steps }: Entry): string {
  const result = outcome === 'value' ? JSON.stringify(value) : (detail ?? outcome);
  return [
    `${target} = ${hasNone(outcome) ? `no value: ${result}` : result}`,
    ...steps.map((step) => `    ${step.expression} = ${JSON.stringify(step.value)}`),
    ...warnings.map((warning) => `    warning at ${warning.at}: ${warning.detail}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function givenBy([action, ...args]: readonly string[]): Given | null {
  const text = { type: 'string' } as const;
  try {
    const { positionals, values } = parseArgs({
      args,
      options: { url: text, token: text, file: text },
      allowPositionals: true,
    });
    const [connector, person, ...more] = positionals;
    if (action !== 'eval' || connector === undefined || person === undefined || more.length > 0) return null;
    return { connector, person, ...values };
  } catch {
    return null;
  }
}
