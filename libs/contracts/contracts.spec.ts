import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument } from './asyncapi.js';
import { misfitsOf } from './fits.fixtures.js';
import type { JsonSchema } from './json-schema.js';
import { contractOf, contracts } from './registry.js';
import { splitPersonal } from './split-personal.js';
import { keptForEver, topics } from './topics.js';

const golden = join(import.meta.dirname, 'golden');
const examplesOf = (type: string): object[] =>
  JSON.parse(readFileSync(join(golden, `${type}.json`), 'utf8')) as object[];

const cases = contracts.map((contract) => [contract.type, contract] as const);

describe('the contracts between services', () => {
  it.each(cases)('%s: every golden example fits its schema, with unknown fields, too', (type) => {
    const examples = examplesOf(type);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(misfitsOf(type, example)).toBeNull();
      expect(misfitsOf(type, { ...example, addedLater: { deep: true } })).toBeNull();
    }
  });

  it('has no golden example of a type nobody knows', () => {
    expect(readdirSync(golden).filter((file) => contractOf(file.replace(/\.json$/, '')) === undefined)).toEqual([]);
  });

  it('says the area, the thing, what happened and the version in each type, and each topic has some', () => {
    for (const { type } of contracts)
      expect(type).toMatch(/^hub\.(hr|governance|provisioning|audit)\.[a-z-]+\.[a-z-]+\.v\d+$/);
    // Erasure is the first to write audit control.
    const used = new Set<string>(contracts.map(({ topic }) => topic));
    expect(Object.values(topics).filter((topic) => !used.has(topic))).toEqual([topics.auditControl]);
  });

  it('marks nothing as personal on topics that are kept for ever', () => {
    const marks = contracts
      .filter(({ topic }) => keptForEver.includes(topic))
      .filter(({ schema }) => JSON.stringify(schema).includes('x-'));
    expect(marks).toEqual([]);
  });

  it.each(cases)(
    '%s: what is about a person leaves the public part, and names someone the message names',
    (type, { schema }) => {
      for (const subject of subjectsIn(schema)) expect(Object.keys(schema.properties ?? {})).toContain(subject);
      for (const example of examplesOf(type)) {
        const split = JSON.stringify(splitPersonal(type, example).public);
        expect(split).not.toMatch(/Ada|Lovelace|ada@|1001|compiler|Monday|team/);
      }
    },
  );

  it('makes an AsyncAPI 3 document in which every message of every channel is found', () => {
    const document = asyncApiDocument('1.0.0') as {
      channels: Record<string, { address: string; messages: Record<string, { $ref: string }> }>;
      components: { messages: Record<string, unknown> };
    };
    const named = Object.values(document.channels).flatMap(({ messages }) => Object.keys(messages));
    expect(named.sort()).toEqual(contracts.map(({ type }) => type).sort());
    expect(Object.keys(document.components.messages).sort()).toEqual(named);
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(Object.values(topics));
  });
});

function subjectsIn(schema: JsonSchema): string[] {
  const own = [schema['x-personal'], schema['x-subject']].filter((s) => s !== undefined);
  const children = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items])];
  return [...own, ...children.flatMap(subjectsIn)];
}
