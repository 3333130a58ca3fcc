import { cp, mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { built, root } from '../support/processes.js';

/** A bug, as a change of one place of the build. */
export interface Bug {
  /** Below `dist`. */
  readonly file: string;
  /** What is there; exactly once. */
  readonly text: string;
  readonly instead: string;
}

/**
 * A copy of the build with a bug planted, below node_modules so that its packages are found, with a package.json of its
 * own so that its `#libs/` are the copy's. @throws unless the text is there exactly once
 */
export async function plantedBuild({ file, text, instead }: Bug): Promise<{ dist: string; remove(): Promise<void> }> {
  const cache = join(root, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const home = await mkdtemp(join(cache, 'planted-'));
  const dist = join(home, 'dist');
  const remove = (): Promise<void> => rm(home, { recursive: true, force: true });
  try {
    await cp(join(root, 'package.json'), join(home, 'package.json'));
    for (const part of ['apps', 'libs']) await cp(join(built, part), join(dist, part), { recursive: true });
    const code = await readFile(join(dist, file), 'utf8');
    const times = code.split(text).length - 1;
    if (times !== 1)
      throw new Error(`nothing planted: ${file} has the text to replace ${times} times, not once:\n${text}`);
    await writeFile(
      join(dist, file),
      code.replace(text, () => instead),
    );
    return { dist, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
