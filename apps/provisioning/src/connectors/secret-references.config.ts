import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ServiceSettings } from '#libs/service-kit/settings/settings.js';
import { cleanSecret, secretProblem } from './secret-text.js';

const largestSecretBytes = 64 * 1024;

/**
 * Secrets by reference. A connector sends a secret to an address that an administrator chose. So it may read only what
 * the operator gave to this connector: variables `CONNECTOR_<ID>__<NAME>`, and files in its own folder of the secrets
 * directory.
 */
@Injectable()
export class SecretReferences {
  constructor(private readonly settings: ServiceSettings) {}

  /** Why a connector may not use a reference; null when it may. Checked when the connector is stated, and again when the secret is read. */
  problem(connector: string, reference: string): string | null {
    if (reference.startsWith('env:')) {
      return ownerOf(reference.slice('env:'.length)) === connector
        ? null
        : `is not a variable of this connector: name it ${prefixOf(connector)}NAME`;
    }
    const folder = this.folderOf(connector);
    const path = real(this.pathOf(connector, reference));
    return reference.startsWith('file:') && path.startsWith(`${real(folder)}${sep}`)
      ? null
      : `is not a file of this connector: put it into ${folder}, and give file:NAME`;
  }

  /** The secret behind a reference, read when a client is made. @param unfitness why what was read is of no use @throws Error naming the reference, never a value */
  read(connector: string, reference: string, unfitness = secretProblem): string {
    const problem = this.problem(connector, reference);
    if (problem !== null) throw new Error(`the secret ${reference} ${problem}`);
    const value = reference.startsWith('env:')
      ? process.env[reference.slice('env:'.length)]
      : fileContent(this.pathOf(connector, reference));
    const secret = value === undefined ? '' : cleanSecret(value);
    if (secret === '') throw new Error(`the secret ${reference} does not exist or is empty`);
    const unfit = unfitness(secret);
    if (unfit !== null) throw new Error(`the secret ${reference} ${unfit}`);
    return secret;
  }

  private folderOf(connector: string): string {
    return join(resolve(this.settings.secretsDirectory), connector);
  }

  /** `file:NAME` is a file of the connector's folder; a whole path may be given, too. */
  private pathOf(connector: string, reference: string): string {
    const path = reference.slice('file:'.length);
    return isAbsolute(path) ? path : join(this.folderOf(connector), path);
  }
}

/** Start of the names of a connector's variables. */
function prefixOf(connector: string): string {
  return `CONNECTOR_${connector.toUpperCase().replaceAll('-', '_')}__`;
}

/** The connector that owns this variable: the part before the last `__`; null for none. */
function ownerOf(variable: string): string | null {
  const [, id = null] = /^CONNECTOR_([A-Z0-9_]+)__([A-Z0-9]+(?:_[A-Z0-9]+)*)$/.exec(variable) ?? [];
  return id === null ? null : id.toLowerCase().replaceAll('_', '-');
}

/** The real path behind links, as far as it exists. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function fileContent(path: string): string | undefined {
  try {
    // A device may never end.
    const file = statSync(path);
    if (!file.isFile() || file.size > largestSecretBytes) return undefined;
    const bytes = readFileSync(path);
    return isUtf8(bytes) ? bytes.toString('utf8') : '\ufffd';
  } catch {
    return undefined;
  }
}
