import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { planConsistency } from '#libs/merkle-log/tree.js';
import { CannotStart } from '#libs/service-kit/service/cannot-start.js';
import { Adoption } from './adoption.process.js';
import { LogInconsistent, NotRecorded } from './log.errors.js';
import { prove } from './node-hashes.query.js';
import type { Witness } from './witness.process.js';

/** The log's key is not the one that its data directory knows. */
class OtherKey extends CannotStart {}

/** A signed checkpoint that is not published yet. */
interface Signed {
  readonly size: number;
  readonly note: string;
}

/** Keeps the newest checkpoint outside the database, so that a database that was restored or changed is detected. */
@Injectable()
export class CheckpointRecord {
  /** The last known checkpoint size of each witness. */
  private readonly sizes = new Map<Witness, number>();
  private witnesses: Promise<readonly Witness[]> | undefined;

  /** @param open the witnesses of a log with this verifier key */
  constructor(
    private readonly db: Database,
    private readonly adoption: Adoption,
    private readonly open: (vkey: string) => readonly Witness[],
    private readonly dir: string | null,
  ) {}

  /** The log's verifier key beside the database, for witnesses and auditors. @throws OtherKey when another one is there */
  keepKey(vkey: string): void {
    if (this.dir === null) return;
    const path = join(this.dir, 'audit.vkey');
    if (!existsSync(path)) {
      mkdirSync(this.dir, { recursive: true, mode: 0o700 });
      writeFileSync(path, `${vkey}\n`);
    } else if (readFileSync(path, 'utf8').trim() !== vkey) {
      throw new OtherKey(
        `cannot start: the log in this database has another key than ${path}. Either it is another log, or somebody replaced the key. ` +
          `Restore the database of that log. Or keep the file as evidence, move it to another place and start again`,
      );
    }
  }

  /**
   * Sends a checkpoint to every witness; returns their cosignatures.
   * @throws LogInconsistent when a witness has one that this does not continue
   * @throws NotRecorded when a log that was signed before has no record
   * @throws WitnessSilent
   */
  async take(checkpoint: Signed, vkey: string): Promise<string> {
    this.witnesses ??= Promise.resolve(this.open(vkey));
    let lines = '';
    for (const witness of await this.witnesses) lines += await this.takenBy(witness, checkpoint);
    return lines;
  }

  private async takenBy(witness: Witness, { size, note }: Signed): Promise<string> {
    // The first request assumes that the witness has this checkpoint. The answer says which one it has.
    let oldSize = this.sizes.get(witness) ?? size;
    for (;;) {
      if (oldSize > size) throw olderThanWitnessed(witness, oldSize, size);
      const proof = oldSize === 0 || oldSize === size ? [] : await prove(this.db, planConsistency(oldSize, size));
      const answer = await witness.add({ oldSize, proof, note });
      if (answer.is === 'taken') {
        this.sizes.set(witness, size);
        this.adoption.taken();
        return answer.lines;
      }
      if (answer.is !== 'conflict') throw beside(witness, size, answer.why);
      if (answer.size === oldSize) throw beside(witness, size, 'it has another tree of the same size');
      if (answer.size === 0) await this.begin(witness, size);
      oldSize = answer.size;
    }
  }

  /** A log without signatures has no record; any other log must have one. */
  private async begin({ where }: Witness, size: number): Promise<void> {
    const signed = await this.db.query(`select from signed_checkpoint where size > 0 limit 1`);
    if (signed.length === 0 || (await this.adoption.allowed(size))) return;
    throw new NotRecorded(
      `the log was signed before, and ${where} has no checkpoint of it. If you know why (an upgrade, a new witness or data directory) ` +
        `and have compared its newest checkpoint with one that an auditor keeps, adopt the log as it is: ` +
        `npm run --silent hub -- audit adopt --reason "…", then start again`,
      { where },
    );
  }
}

const whatToDo =
  'The database was rolled back or changed; nothing is signed. Keep the record as evidence, find out who changed it, ' +
  'and restore a backup of the database that holds all those entries';

function olderThanWitnessed({ where }: Witness, recorded: number, size: number): LogInconsistent {
  return new LogInconsistent(
    `the log has ${size} entries, and the checkpoint at ${where} has ${recorded}. ${whatToDo}`,
    { signedSize: recorded, size },
  );
}

function beside({ where }: Witness, size: number, why: string): LogInconsistent {
  return new LogInconsistent(
    `the log of ${size} entries does not continue the checkpoint at ${where} (${why}). ${whatToDo}`,
    { signedSize: size, size },
  );
}
