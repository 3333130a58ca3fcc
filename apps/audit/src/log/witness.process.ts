import type { AddCheckpoint, WitnessVerdict } from '#libs/merkle-log/add-checkpoint.js';
import { addCheckpointBody } from '#libs/merkle-log/add-checkpoint.js';
import { cosignedAt, parseCosignerVkey, type CosignatureVerifier } from '#libs/merkle-log/cosignature.js';
import { bodyOf, parseVkey } from '#libs/merkle-log/note.js';
import { CheckpointFiles } from '#libs/witness/checkpoint-files.js';
import { logKeyHeader } from '#libs/witness/first-key.js';
import type { OwnedDirectory } from '#libs/service-kit/settings/owned-directory.js';
import { CannotStart } from '#libs/service-kit/service/cannot-start.js';
import type { ServiceSettings } from '#libs/service-kit/settings/settings.js';

/** As {@link WitnessVerdict}; `lines` are cosignatures to be shown with the checkpoint. */
export type WitnessAnswer =
  { readonly is: 'taken'; readonly lines: string } | Exclude<WitnessVerdict, { readonly is: 'taken' }>;

/** The witness did not answer or does not know this log. Signing waits; new entries do not. */
export class WitnessSilent extends Error {
  constructor(where: string, why: string) {
    super(`the checkpoint is not kept at ${where} (${why}): nothing is signed until it is`);
    this.name = 'WitnessSilent';
  }
}

/** Keeps the newest checkpoint outside the database. */
export abstract class Witness {
  /** Where it keeps it, for people. */
  abstract readonly where: string;
  /** @throws WitnessSilent */
  abstract add(request: AddCheckpoint): Promise<WitnessAnswer>;
}

/** A file in a directory that this process owns. */
class FileWitness extends Witness {
  constructor(
    readonly where: string,
    private readonly files: CheckpointFiles,
  ) {
    super();
  }

  static in(dir: string, vkey: string): FileWitness {
    const key = parseVkey(vkey);
    // The database must continue the log of this file.
    const files = new CheckpointFiles(
      dir,
      () => key,
      () => recordFile,
    );
    return new FileWitness(`${dir}/${recordFile}`, files);
  }

  add(request: AddCheckpoint): Promise<WitnessAnswer> {
    try {
      const verdict = this.files.add(request);
      return Promise.resolve(verdict.is === 'taken' ? { is: 'taken', lines: '' } : verdict);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== undefined)
        return Promise.reject(new WitnessSilent(this.where, messageOf(error)));
      return Promise.resolve({ is: 'inconsistent', why: messageOf(error) });
    }
  }
}

const recordFile = 'audit.checkpoint';
/** How long a witness may take to answer, in milliseconds. */
const timeoutMs = 5_000;

/** A C2SP tlog-witness over HTTP. */
class HttpWitness extends Witness {
  private constructor(
    readonly where: string,
    private readonly verifier: CosignatureVerifier | null,
    /** The log's verifier key, for a witness that takes it on first use. */
    private readonly vkey: string,
  ) {
    super();
  }

  /**
   * @param setting its submission prefix, and after `#` the key of its cosignatures; without a key every answer from
   * that address is trusted
   * @throws CannotStart if the key is invalid
   */
  static at(setting: string): (logKey: string) => HttpWitness {
    const [url = '', vkey] = setting.split('#', 2);
    try {
      const verifier = vkey === undefined ? null : parseCosignerVkey(vkey);
      return (logKey) => new HttpWitness(url.replace(/\/+$/, ''), verifier, logKey);
    } catch (error) {
      throw new BadWitness(`cannot start, bad settings:\n  CHECKPOINT_WITNESS: after #: ${messageOf(error)}`);
    }
  }

  async add(request: AddCheckpoint): Promise<WitnessAnswer> {
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.where}/add-checkpoint`, {
        method: 'POST',
        body: addCheckpointBody(request),
        headers: { [logKeyHeader]: this.vkey },
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      ({ status } = response);
      text = await response.text();
    } catch (error) {
      throw new WitnessSilent(this.where, reasonOf(error));
    }
    return this.read(request, status, text);
  }

  private read(request: AddCheckpoint, status: number, text: string): WitnessAnswer {
    if (status === 200) {
      if (
        this.verifier === null ? text.startsWith('— ') : cosignedAt(bodyOf(request.note), text, this.verifier) !== null
      )
        return { is: 'taken', lines: linesOf(text) };
      throw new WitnessSilent(this.where, 'its cosignature does not match the key after # in CHECKPOINT_WITNESS');
    }
    if (status === 409 && /^(0|[1-9]\d{0,15})\n?$/.test(text)) return { is: 'conflict', size: Number(text) };
    if (status === 422) return { is: 'inconsistent', why: text.trim() };
    const why = status === 404 ? 'it does not know this log: give it the key in audit.vkey' : `it answered ${status}`;
    throw new WitnessSilent(this.where, why);
  }
}

class BadWitness extends CannotStart {}

/** Only the signature lines of the answer. */
const linesOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /^— [^\s+]+ [A-Za-z0-9+/=]+$/.test(line))
    .map((line) => `${line}\n`)
    .join('');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
}

/** Only a copy outside the database can show that the database was changed. */
class NoWitness extends CannotStart {}

/**
 * Where the checkpoint is stored: in a file if the process owns its data directory, and at the witness of
 * CHECKPOINT_WITNESS if it is set.
 * @throws NoWitness when there is neither
 */
export function witnessesOf(
  { path }: OwnedDirectory,
  { CHECKPOINT_WITNESS: address }: ServiceSettings,
): (vkey: string) => readonly Witness[] {
  if (path === null && address === undefined)
    throw new NoWitness(
      'cannot start, bad settings:\n  CHECKPOINT_WITNESS: is missing: a service alone has no directory for the newest checkpoint. ' +
        'Give the address of a C2SP tlog-witness that another party runs (to try it: node dist/apps/witness/src/main.js)',
    );
  const http = address === undefined ? [] : [HttpWitness.at(address)];
  return (vkey) => [...(path === null ? [] : [FileWitness.in(path, vkey)]), ...http.map((at) => at(vkey))];
}
