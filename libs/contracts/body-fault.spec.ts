import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyFault, publicFault } from './body-fault.js';
import { splitPersonal } from './split-personal.js';

const golden = join(import.meta.dirname, 'golden');
const examples = readdirSync(golden).map((file): [type: string, bodies: readonly object[]] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(join(golden, file), 'utf8')) as readonly object[],
]);
const desired = examples.find(([type]) => type === 'hub.governance.desired-access.changed.v1')?.[1][0] ?? {};
const fault = (body: object): string | null => bodyFault('hub.governance.desired-access.changed.v1', body);

describe('the body of a message', () => {
  it.each(examples)('given the examples of %s, has all that its readers need', (type, bodies) => {
    expect(bodies.map((body) => bodyFault(type, body))).toEqual(bodies.map(() => null));
  });

  it.each(examples)('given what the log keeps of %s, has all but what is personal', (type, bodies) => {
    const kept = bodies.map((body) => splitPersonal(type, body).public);
    expect(kept.map((rest) => publicFault(type, rest))).toEqual(bodies.map(() => null));
  });

  it('given fields and words of a later version, has no fault', () => {
    expect(fault({ ...desired, later: 1, status: 'a-later-word' })).toBeNull();
  });

  it('given a field less than its contract requires, names the field', () => {
    expect(fault({ ...desired, accounts: [{}] })).toBe('/accounts/0/type is missing');
    expect(fault({})).toBe('/identity is missing');
  });

  it('given a value of another kind, names the field and not the value', () => {
    expect(fault({ ...desired, accounts: {} })).toBe('/accounts is not array');
    expect(fault({ ...desired, identity: 7 })).toBe('/identity is not string');
  });

  it('given a type that no contract knows, is nobody’s matter here', () => {
    expect(bodyFault('hub.unknown.v1', {})).toBeNull();
  });
});
