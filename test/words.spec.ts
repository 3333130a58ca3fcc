import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';
import { root } from './support/processes.js';

/** Words that a reader with another mother tongue does not understand in a name, and what to write instead. */
const discouraged: Readonly<Record<string, string>> = {
  anew: 'again',
  asleep: 'notEmployed',
  attend: 'resolve',
  behind: 'lag',
  bell: 'notifier, channel',
  condemn: 'markPoison',
  crowd: 'batch',
  crowded: 'loaded',
  doorbell: 'notifier',
  heir: 'takeover',
  patience: 'limits, timeoutMs',
  settle: 'toFact, recompute, derive, onResult or quiescence',
  settled: 'done, finished or quiescence',
  settlement: 'derived',
  sleep: 'wait',
  steer: 'setState',
  whoever: 'a role such as caller or holder',
};

/** A type of this name says not which of three it is: causation, grounds or explanation. */
const ambiguous: ReadonlySet<string> = new Set(['Cause']);

/** `crowdLookUps` is the words crowd, look, ups. */
const wordsIn = (name: string): string[] =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

const found = (name: string): string[] => [
  ...wordsIn(name).filter((word) => word in discouraged),
  ...(ambiguous.has(name) ? [name] : []),
];

/** Names that a file declares; those that it only uses are the business of the file that declares them. */
function declaredIn(text: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isDeclared(node)) names.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true));
  return names;
}

function isDeclared(name: ts.Identifier): boolean {
  const { parent } = name;
  // A name that something else exports, or a field that something else defines, is not ours to choose.
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isPropertyAssignment(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.name === name;
  return 'name' in parent && parent.name === name && !ts.isPropertyAccessExpression(parent);
}

const faultsOf = (path: string, text: string): string[] =>
  [basename(path), ...declaredIn(text)].flatMap((name) =>
    found(name).map((word) => `${path}: ${name}: write ${discouraged[word] ?? 'causation, grounds or explanation'}`),
  );

/** Words that no comment and no text of the product has: pictures for what a process does. The names above are among them. */
const pictures: Readonly<Record<string, string>> = {
  anew: 'again',
  babysit: 'watch',
  choke: 'fail at',
  doorbell: 'notifier',
  heir: 'the process that takes over',
  hiccup: 'failure',
  juggle: 'handle',
  kick: 'start, wake',
  limbo: 'say what it waits for',
  nudge: 'wake, notify',
  smuggle: 'pass',
  snatch: 'take',
  starve: 'wait without end',
  stumble: 'fail',
  swallow: 'ignore',
  trickle: 'arrive slowly',
  whoever: 'a role such as caller or holder',
  whomever: 'a role such as caller or holder',
  zombie: 'a process that has ended',
};

/** `swallowed` and `swallows` are `swallow`. */
const picturesIn = (text: string): string[] => {
  const words = new Set(text.toLowerCase().match(/[a-z]+/g) ?? []);
  return Object.keys(pictures).filter((word) =>
    [word, `${word}s`, `${word}d`, `${word}ed`, `${word}ing`, `${word.replace(/e$/, '')}ing`].some((form) =>
      words.has(form),
    ),
  );
};

/** Comments and texts of a file. */
function saidIn(text: string): string[] {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);
  const said: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      said.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...said, ...(text.match(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm) ?? [])];
}

describe('comments and texts in plain words', () => {
  it('are what apps, libs and tests use; migrations are never edited', () => {
    const files = globSync('{apps,libs,test}/**/*.ts', { cwd: root }).filter(
      (path) => !/\.migrations\.ts$|^test\/words\.spec\.ts$/.test(path),
    );
    expect(files.length).toBeGreaterThan(400);
    const faults = files.flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      // Few files are worth to be parsed.
      const said = picturesIn(text).length === 0 ? [] : saidIn(text);
      return said.flatMap(picturesIn).map((word) => `${path}: ${word}: write ${pictures[word] ?? ''}`);
    });
    expect(faults).toEqual([]);
  });

  it.each(Object.keys(pictures))('are asked for where a comment or a text has the word %s', (word) => {
    expect(saidIn(`/** It does not ${word} it. */\nconst a = 1;`).flatMap(picturesIn)).toEqual([word]);
    expect(saidIn(`const a = 'It was ${word}ed';`).flatMap(picturesIn)).toEqual([word]);
  });
});

describe('names in plain words', () => {
  it('are what apps, libs and tests use', () => {
    const files = globSync('{apps,libs,test}/**/*.ts', { cwd: root });
    expect(files.length).toBeGreaterThan(500);
    expect(files.flatMap((path) => faultsOf(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
  });

  it.each(Object.keys(discouraged))('are asked for where a name has the word %s', (word) => {
    const name = `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`;
    expect(faultsOf('planted.ts', `export class ${name}Accounts {}`)).toHaveLength(1);
    expect(faultsOf('planted.ts', `function next({ other: ${word} }) { return this.first${name}; }`)).toHaveLength(1);
    expect(faultsOf(`libs/${word}-of-readers.ts`, '')).toHaveLength(1);
  });

  it('are not asked for in a name that only contains the letters, or that somebody else gave', () => {
    const text =
      "import { sleep } from 'x'; await Promise.allSettled([]); const bellows = { sleep: 1, attendance: 2 };";
    expect(faultsOf('planted.ts', text)).toEqual([]);
  });

  it('tell the three causes apart', () => {
    expect(faultsOf('planted.ts', 'export type Cause = string; const cause = 1;')).toHaveLength(1);
  });
});
