import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument } from './asyncapi.js';
import { misfitsOf } from './fits.fixtures.js';
import type { JsonSchema } from './json-schema.js';
import { leaksOf, personalTexts, textsIn } from './leaks.fixtures.js';
import { contractOf, contracts } from './registry.js';
import { splitPersonal } from './split-personal.js';
import { keptForEver, topics } from './topics.js';
import { some } from '../../test/support/some.js';

const golden = join(import.meta.dirname, 'golden');
const examplesOf = (type: string): object[] =>
  JSON.parse(readFileSync(join(golden, `${type}.json`), 'utf8')) as object[];

const cases = contracts.map((contract) => [contract.type, contract] as const);

describe('the contracts between services', () => {
  it.each(cases)('%s: every golden example fits its schema, with unknown fields, too', (type) => {
    const examples = examplesOf(type);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of some(examples)) {
      expect(misfitsOf(type, example)).toBeNull();
      expect(misfitsOf(type, { ...example, addedLater: { deep: true } })).toBeNull();
    }
  });

  it('has no golden example of a type nobody knows', () => {
    expect(readdirSync(golden).filter((file) => contractOf(file.replace(/\.json$/, '')) === undefined)).toEqual([]);
  });

  it('says the area, the thing, what happened and the version in each type, and each topic has some', () => {
    for (const { type } of some(contracts))
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
      expect(subjectsIn(schema).filter((subject) => !Object.hasOwn(schema.properties ?? {}, subject))).toEqual([]);
      for (const example of some(examplesOf(type)))
        expect(leaksOf(personalTexts(type, example), splitPersonal(type, example).public)).toEqual([]);
    },
  );

  it('has golden examples that say something in every field that is personal', () => {
    const named = contracts.flatMap(({ type, schema }) =>
      examplesOf(type).flatMap((example) => markedIn(schema, example)),
    );
    const fields = new Set(contracts.flatMap(({ schema }) => markedFields(schema)));
    expect(fields.size).toBeGreaterThan(5);
    expect([...fields].filter((field) => !named.includes(field))).toEqual([]);
  });

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

/** Paths of the fields that are personal. */
function markedFields(schema: JsonSchema, path = ''): string[] {
  if (schema['x-personal'] !== undefined) return [path];
  const children = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    markedFields(child, `${path}/${name}`),
  );
  return [...children, ...(schema.items === undefined ? [] : markedFields(schema.items, `${path}/*`))];
}

/** Those of them in which this body has a text. */
function markedIn(schema: JsonSchema, value: unknown, path = ''): string[] {
  if (schema['x-personal'] !== undefined) return textsIn(value).length > 0 ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((item) => (schema.items === undefined ? [] : markedIn(schema.items, item, `${path}/*`)));
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    markedIn(child, (value as Record<string, unknown>)[name], `${path}/${name}`),
  );
}
