/** Reads one record. kafkajs makes a new one for each record. */
export interface RecordDecoder {
  readonly buffer: Buffer;
  offset: number;
}

/** What kafkajs has read of the batch of a record. */
export interface BatchContext {
  readonly firstOffset?: string;
  readonly firstTimestamp?: string;
  readonly maxTimestamp?: string;
  /** 1: the brokers have given all records the time of the batch. */
  readonly timestampType?: number;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
}

const logAppendTime = 1;

/** A record as kafkajs gives it. The values of its headers are texts, not bytes; several of one name are a list. */
export function readRecord(decoder: RecordDecoder, batchContext: BatchContext = {}): object {
  const { magicByte, isControlBatch = false } = batchContext;
  const bytes = new Bytes(decoder.buffer, decoder.offset);
  const attributes = bytes.int8();
  const timestamp = timestampOf(bytes.varInt(), batchContext);
  const offset = String(Number(batchContext.firstOffset) + bytes.varInt());
  const key = bytes.field();
  const value = bytes.field();
  const headers = headersIn(bytes);
  decoder.offset = bytes.at;
  return {
    magicByte,
    attributes,
    timestamp,
    offset,
    key,
    value,
    headers,
    isControlRecord: isControlBatch,
    batchContext,
  };
}

function timestampOf(delta: number, { firstTimestamp, maxTimestamp, timestampType }: BatchContext): string {
  const isOfBatch = timestampType === logAppendTime && maxTimestamp !== undefined;
  return isOfBatch ? maxTimestamp : String(Number(firstTimestamp) + delta);
}

type Value = string | null;

function headersIn(bytes: Bytes): object {
  // Without a prototype: a header may have any name.
  const headers = Object.create(null) as Record<string, Value | Value[]>;
  for (let left = bytes.varInt(); left > 0; left -= 1) {
    const name = bytes.text() ?? '';
    const value = bytes.text();
    const former = headers[name];
    headers[name] = former === undefined ? value : Array.isArray(former) ? [...former, value] : [former, value];
  }
  return headers;
}

class Bytes {
  constructor(
    private readonly buffer: Buffer,
    public at: number,
  ) {}

  int8(): number {
    const value = this.buffer.readInt8(this.at);
    this.at += 1;
    return value;
  }

  /** Zigzag, seven bits in each byte, the lowest first. */
  varInt(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.buffer.readUInt8(this.at);
      this.at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  /** Bytes after their number; null for none. */
  field(): Buffer | null {
    const size = this.varInt();
    if (size === -1) return null;
    const from = this.at;
    this.at += size;
    return this.buffer.subarray(from, this.at);
  }

  text(): string | null {
    const size = this.varInt();
    if (size === -1) return null;
    const from = this.at;
    this.at += size;
    return this.buffer.toString('utf8', from, this.at);
  }
}
