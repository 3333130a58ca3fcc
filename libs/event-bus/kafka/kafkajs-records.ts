import { createRequire } from 'node:module';
import { readRecord, type BatchContext, type RecordDecoder } from './record-reading.js';
import { writeRecord } from './record-writing.js';

/**
 * kafkajs 2.2.4 copies all headers that it has read for each further one of a record, makes two buffers for each, counts with BigInt, and
 * takes half a kilobyte of fresh memory to write one. A message of the hub has thirteen: that took more time than all else that is done to
 * it. The bytes are the same. Must run before the first message is sent or fetched: kafkajs loads these parts then.
 */
export function fixRecords(): void {
  replace<typeof writeRecord>('record/v0', writeRecord);
  replace<(decoder: RecordDecoder, context?: BatchContext) => object>('record/v0/decoder', readRecord);
}

function replace<Part extends object>(name: string, better: Part): void {
  const require = createRequire(import.meta.url);
  const path = require.resolve(`kafkajs/src/protocol/recordBatch/${name}`);
  require(path);
  const module = require.cache[path];
  if (module !== undefined) module.exports = better;
}
