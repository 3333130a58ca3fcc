import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { testCodes } from '#apps/provisioning/src/connectors/connection-checks.js';
import { root } from './support/processes.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
const sources = globSync('{apps,libs}/**/*.ts', { cwd: root }).filter((path) => !/\.(spec|fixtures)\.ts$/.test(path));

/** Text and names in a file's source, without comments. */
function wordsIn(path: string): string[] {
  const words: string[] = [];
  const visit = (node: ts.Node): void => {
    const isUse =
      ts.isPropertyAccessExpression(node.parent ?? node) && (node.parent as ts.PropertyAccessExpression).name === node;
    if (ts.isStringLiteralLike(node) || (ts.isIdentifier(node) && !isUse)) words.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));
  return words;
}

/** First cells of the tables in one section of a document: what they name in code. */
function namedIn(text: string, section: string): string[] {
  const body = text.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  const cells = body.split('\n').flatMap((line) => (line.startsWith('|') ? [line.split('|')[1] ?? ''] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

/** What two lists do not have in common. */
const differences = (documented: readonly string[], used: readonly string[]): string[] => [
  ...used.filter((name) => !documented.includes(name)).map((name) => `${name} is not documented`),
  ...documented.filter((name) => !used.includes(name)).map((name) => `${name} is documented and not used`),
];

const metricName = /^(hub|process|nodejs)_[a-z0-9_]+$/;
const settingName = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/;

const metrics = sorted(
  sources
    .filter((path) => /\b(Gauge|ObservedMetrics)\b/.test(read(path)))
    .flatMap(wordsIn)
    .filter((word) => metricName.test(word)),
);
/** The only files that may read the environment. */
const settings = sorted(
  sources
    .filter((path) => /\.config\.ts$|\/settings\.ts$/.test(path))
    .flatMap(wordsIn)
    .filter((word) => settingName.test(word) && (word.includes('_') || word === 'PORT' || word === 'HOST')),
);

describe('docs/operating.md', () => {
  const operating = read('docs/operating.md');

  it('lists every metric, and no other', () => {
    expect(metrics.length).toBeGreaterThan(15);
    expect(differences(sorted(namedIn(operating, 'Metrics')), metrics)).toEqual([]);
  });

  it('lists every setting, and no other', () => {
    expect(settings.length).toBeGreaterThan(30);
    const documented = namedIn(operating, 'Settings').filter((name) => settingName.test(name));
    expect(differences(sorted(documented), settings)).toEqual([]);
  });

  it('is found wrong when a name is missing or invented', () => {
    const other = operating.replace('| `hub_service_ready` |', '| `hub_service_well` |');
    expect(differences(sorted(namedIn(other, 'Metrics')), metrics)).toEqual([
      'hub_service_ready is not documented',
      'hub_service_well is documented and not used',
    ]);
  });
});

describe('docs/glossary.md', () => {
  const words = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| word '))
    .map((line) => line.split('|')[1]?.trim() ?? '');

  it('explains each word once, in order', () => {
    expect(words.length).toBeGreaterThan(50);
    expect(words).toEqual(sorted(words));
  });
});

describe('documents', () => {
  const documents = globSync('{README.md,docs/**/*.md,apps/*/README.md,libs/*/README.md,test/**/README.md}', {
    cwd: root,
  });

  it.each(documents)('%s names files that exist', (path) => {
    const named = [...read(path).matchAll(/`((?:apps|libs|test|docs)\/[\w./-]+\.\w+)`/g)].map(([, name = '']) => name);
    const linked = [...read(path).matchAll(/\]\((?!http|#)([^)#]+)/g)].map(([, name = '']) =>
      join(dirname(path), name),
    );
    expect([...named, ...linked].filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });
});

describe('docs/connecting-an-application.md', () => {
  const connecting = read('docs/connecting-an-application.md');

  it('explains every code that the test of a connector ends with, and no other', () => {
    const codes = namedIn(connecting, 'Messages of the test').filter((name) => /^[a-z]+(-[a-z]+)*$/.test(name));
    const explained = codes.filter((name) => name !== 'code');
    expect(differences(sorted(explained), sorted(testCodes))).toEqual([]);
  });

  it('is compared with every code that the test has in its source', () => {
    const probe = read('apps/provisioning/src/connectors/connector-probe.process.ts');
    const told = [...probe.matchAll(/(?:code: |[?:] )'([a-z]+(?:-[a-z]+)*)'/g)].map(([, code = '']) => code);
    expect(told.length).toBeGreaterThan(8);
    expect(sorted(told).filter((code) => !testCodes.includes(code))).toEqual([]);
  });
});
