import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkLibraries } from './postgres-binaries.js';

/** A package as it is after `npm ci --ignore-scripts`: one library, and the list of the links to it. */
async function unlinkedPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
  await mkdir(join(folder, 'native/lib'), { recursive: true });
  await writeFile(join(folder, 'native/lib/libpq.so.5.18'), 'a library');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(folder, 'native/pg-symlinks.json'), JSON.stringify(links));
  return folder;
}

describe('the libraries of the bundled PostgreSQL', () => {
  it('are linked where the scripts of packages did not run, and stay so', async () => {
    const folder = await unlinkedPackage();
    await linkLibraries(folder);
    await linkLibraries(folder);
    expect(await readFile(join(folder, 'native/lib/libpq.so.5'), 'utf8')).toBe('a library');
  });

  it('are said to be missing where no link can be made', async () => {
    const folder = await unlinkedPackage();
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/nowhere/libpq.so.5' }];
    await writeFile(join(folder, 'native/pg-symlinks.json'), JSON.stringify(links));
    await expect(linkLibraries(folder)).rejects.toMatchObject({
      name: 'EmbeddedPostgresUnavailable',
      message: expect.stringMatching(/not linked.*ENOENT.*DATABASE_URL/s) as string,
    });
  });
});
