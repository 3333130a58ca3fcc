import type { IncomingMessage } from 'node:http';
import { InvalidInput } from '#libs/problems/problem.js';
import { csvBodyOf } from '#libs/service-kit/input/csv-body.js';
import { csvColumns } from './observed-accounts.query.js';
import { type OwnershipFile, readOwnershipFile } from './ownership-file.js';

/** Largest file: about 100,000 decisions. */
const mostBytes = 20 * 1024 * 1024;

/** Reads a file of decisions from a request. @throws RequestProblem for what is no such file, or decides an account twice */
export async function ownershipFileOf(request: IncomingMessage): Promise<OwnershipFile> {
  const file = readOwnershipFile(await csvBodyOf(request, mostBytes), csvColumns);
  if (typeof file === 'string') throw new InvalidInput([{ pointer: '', detail: file }]);
  if (file.twice.length > 0)
    throw new InvalidInput(
      file.twice.map(({ line, column, detail }) => ({ pointer: `/${line}/${column ?? ''}`, detail })),
    );
  return file;
}
