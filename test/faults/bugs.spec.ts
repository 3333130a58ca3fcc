import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { built } from '../support/processes.js';
import * as bugs from './bugs.js';

describe('each bug that the fault suites plant', () => {
  it.each(Object.entries(bugs))('has its place in the build: %s', async (_, { file, text }) => {
    const code = await readFile(join(built, file), 'utf8');
    expect(code.split(text).length - 1).toBe(1);
  });
});
