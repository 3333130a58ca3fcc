import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { switches } from '#libs/scim/client/profile-switches.js';
import { root } from '../../support/processes.js';

const file = 'docs/decisions/0057-each-deviation-has-a-switch-or-a-reason.md';
const text = readFileSync(join(root, file), 'utf8');
const specs = new Set(globSync('{apps,libs,test}/**/*.spec.ts', { cwd: root }).map((path) => basename(path)));

/** Rows of the table of a section: cells without the first, which numbers them from 1. */
function rowsOf(section: string): readonly (readonly string[])[] {
  const body = text.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  const rows = body.split('\n').filter((line) => /^\| \d/.test(line));
  return rows.map((line, index) => {
    const [number, ...cells] = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (number !== String(index + 1)) throw new Error(`row ${index + 1} of ${section} is missing`);
    return cells;
  });
}
const namedIn = (cell = ''): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

describe('the catalogue of deviations', () => {
  const deviations = rowsOf('Deviations');
  const failures = rowsOf('What a failed call leads to');

  it('has 31 rows, each with a switch or a reason, and 11 of failed calls', () => {
    expect([deviations.length, failures.length]).toEqual([31, 11]);
    const without = deviations.filter(([, cell]) => namedIn(cell).length === 0);
    expect(without.map(([what]) => what)).toEqual(['order of changes']);
  });

  it('names every switch of a profile, once', () => {
    const known = Object.keys(switches);
    const named = deviations.flatMap(([, cell]) => namedIn(cell)).filter((name) => name !== 'baseUrl');
    expect(named.sort()).toEqual(known.sort());
  });

  it('names tests that exist', () => {
    const tests = [...deviations, ...failures].map((cells) => (cells.at(-1) ?? '').split(', '));
    expect(tests.flat().filter((name) => !specs.has(name))).toEqual([]);
    expect(tests.filter((names) => names.join() === '')).toEqual([]);
  });
});
