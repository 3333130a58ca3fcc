import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { crashPoints } from './points.js';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(resolve(root, file), 'utf8');
const found = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].flatMap(([, name]) => name ?? []))].sort();

it('kills at every crash point of the code, and tells of each', () => {
  const files = globSync('{apps,libs}/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.spec.ts'));
  const inCode = found(files.map(read).join('\n'), /crashPoint\('([^']+)'\)/g);
  expect(inCode.length).toBeGreaterThan(10);
  const killed = Object.values(crashPoints).flat().join('\n');
  expect(found(killed, /^([^:\n]+)/gm)).toEqual(inCode);
  expect(found(read('test/faults/README.md'), /^\| `([^`]+)`/gm)).toEqual(inCode);
});
