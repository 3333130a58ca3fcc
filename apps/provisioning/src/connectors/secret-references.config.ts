import { readFileSync } from 'node:fs';

/** The secret behind `env:NAME` or `file:PATH`, read when a client is made. @throws Error naming the reference, never a value */
export function readSecret(reference: string): string {
  const value = reference.startsWith('env:') ? process.env[reference.slice('env:'.length)] : fileContent(reference.slice('file:'.length));
  if (value === undefined || value === '') throw new Error(`the secret ${reference} is not there`);
  return value;
}

function fileContent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
