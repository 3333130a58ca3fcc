import { Injectable } from '@nestjs/common';
import { Database } from '#libs/event-store/database.js';
import { logFormat, type LogFileEntry, type LogFileHead } from '#libs/merkle-log/log-file.js';
import type { SignedCheckpoint } from './checkpoints.store.js';
import { LeafParts } from './leaf-parts.store.js';
import { LogKeys } from './log-key.store.js';

/** Entries read in one go. */
const chunk = 1_000;

/** The log as one file that `hub verify` checks: its key and checkpoint, then every entry, oldest first. */
@Injectable()
export class WholeLog {
  constructor(
    private readonly db: Database,
    private readonly parts: LeafParts,
    private readonly keys: LogKeys,
  ) {}

  /** NDJSON, read on demand. */
  async *lines({ size, note }: SignedCheckpoint): AsyncGenerator<string> {
    const head: LogFileHead = { format: logFormat, vkey: (await this.keys.get()).vkey, checkpoint: note };
    yield `${JSON.stringify(head)}\n`;
    for (let from = 0; from < size; from += chunk) yield await this.piece(from, Math.min(from + chunk, size));
  }

  private async piece(from: number, to: number): Promise<string> {
    const rows = await this.db.query<{ index: string; leaf_data: string }>(
      `select index, leaf_data from leaf where index >= $1::bigint and index < $2::bigint order by index`,
      [from, to],
    );
    const parts = await this.parts.of(rows.map(({ index }) => Number(index)));
    return rows
      .map(({ index, leaf_data: leafData }): LogFileEntry => {
        const opened = parts.get(Number(index)) ?? [];
        return {
          index: Number(index),
          leafData,
          parts: opened.map(({ subject, salt, fields }) =>
            salt === null || fields === null
              ? { subject, forgotten: true }
              : { subject, salt: salt.toString('base64'), fields },
          ),
        };
      })
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join('');
  }
}
