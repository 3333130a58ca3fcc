import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '#apps/hub/src/services.js';
import { root } from '../support/processes.js';
import { foldFingerprints, goldenFacts, goldenFiles, goldenStreams, readFoldLock } from './fold-fingerprints.js';

const lock = readFoldLock();
const present = await foldFingerprints();

describe('what the same facts fold to', () => {
  it.each(Object.keys(present))(
    '%s is as it was when its version was locked; else raise the version of the fold',
    (name) => {
      expect(present[name]).toBe(lock[name] ?? 'not locked: run node dist/test/upgrade/lock.main.js after the build');
    },
  );

  it('is locked for every category of streams', () => {
    const sources = globSync('apps/*/src/**/*.stream.ts', { cwd: root }).map((file) =>
      readFileSync(join(root, file), 'utf8'),
    );
    const classes = sources.flatMap((text) =>
      [...text.matchAll(/class (\w+) extends EventStream/g)].map(([, name]) => name),
    );
    expect(goldenStreams.map(({ make }) => make.name).sort()).toEqual(classes.sort());
  });

  it('is tried on golden facts of every type', () => {
    const golden = new Set(goldenFiles().flatMap((file) => goldenFacts(file).map(({ type }) => type)));
    const missing = services.flatMap(({ facts }) => facts).filter((type) => !golden.has(type));
    expect(missing).toEqual([]);
  });
});
