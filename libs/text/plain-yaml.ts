import { LineCounter, parseDocument } from 'yaml';

/** Most values that aliases may repeat: a small text must not become a large document. */
const mostAliases = 20;

/** A text that is not YAML as it is taken here; the message says where and what to do. */
export class YamlFault extends Error {}

/**
 * What a YAML 1.2 text says, where it says no more than JSON can: one document, each name once in its object, no tags, no
 * numbers that JSON has not.
 * @throws YamlFault
 */
export function plainYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', schema: 'core', lineCounter: lines, prettyErrors: false });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new YamlFault(`line ${line}, column ${col}: ${fault.message}`);
  }
  const value = plainValue(() => document.toJS({ maxAliasCount: mostAliases }) as unknown);
  return JSON.parse(JSON.stringify(value, finite)) as unknown;
}

function plainValue(read: () => unknown): unknown {
  try {
    return read() ?? null;
  } catch {
    throw new YamlFault(`has aliases that stand for more than ${mostAliases} values: write these out`);
  }
}

function finite(name: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new YamlFault(`${name} is ${value}: give a number that JSON has`);
  return value;
}
