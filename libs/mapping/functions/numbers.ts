import { createHash } from 'node:crypto';
import type { Surroundings } from '../surroundings.js';
import { numberOf, textOf, ValueError } from '../values.js';
import type { Call, MappingFunction } from './function.js';

/** The same bytes for the same event and the same place in the expression: a replay repeats what happened. */
class Chance {
  private block = Buffer.alloc(0);
  private blocks = 0;

  constructor(private readonly seed: string) {}

  bytes(count: number): Buffer {
    while (this.block.length < count) {
      const next = createHash('sha256').update(`${this.seed}\n${this.blocks}`).digest();
      this.blocks += 1;
      this.block = Buffer.concat([this.block, next]);
    }
    const taken = this.block.subarray(0, count);
    this.block = this.block.subarray(count);
    return taken;
  }

  /** Below `limit`, each alike: what would favour small numbers is drawn again. */
  below(limit: number): number {
    const most = Math.floor(0x1_0000_0000 / limit) * limit;
    for (;;) {
      const drawn = this.bytes(4).readUInt32BE();
      if (drawn < most) return drawn % limit;
    }
  }

  shuffle<T>(items: T[]): T[] {
    for (let index = items.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      [items[index], items[other]] = [items[other] as T, items[index] as T];
    }
    return items;
  }
}

const chanceOf = ({ surroundings, at }: { surroundings: Surroundings; at: number }): Chance =>
  new Chance(`${surroundings.seed}\n${at}`);

/** Those of Windows' rules for passwords. */
const special = '~!@#$%^&*_-+=`|\\(){}[]:;"\'<>,.?/';
const groups = ['0123456789', special, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'];
const longestRandom = 256;

function randomString(call: Call): string {
  const [length = 0, ...least] = [0, 1, 2, 3, 4].map((index) => numberOf(call.value(index)));
  const sum = least.reduce((total, each) => total + each, 0);
  if ([length, ...least].some((each) => each < 0 || !Number.isInteger(each)))
    throw new ValueError('lengths are whole numbers from 0');
  if (length > longestRandom || sum > length)
    throw new ValueError(`the length is at most ${longestRandom}, and at least the sum of the minimums`);
  const avoided = new Set(textOf(call.value(5)));
  const allowed = groups.map((group) => Array.from(group).filter((one) => !avoided.has(one)));
  const chance = chanceOf(call);
  const draw = (from: readonly string[]): string => {
    if (from.length === 0) throw new ValueError('no character is left that need not be avoided');
    return from[chance.below(from.length)] ?? '';
  };
  const drawn = allowed.flatMap((group, index) => Array.from({ length: least[index] ?? 0 }, () => draw(group)));
  const others = allowed.filter((_, index) => (least[index] ?? 0) > 0).flat();
  const rest = others.length > 0 ? others : allowed.flat();
  while (drawn.length < length) drawn.push(draw(rest));
  return chance.shuffle(drawn).join('');
}

/** Version 4, of derived bytes. @see RFC 9562 §5.4 */
function guid(call: Call): string {
  const bytes = Buffer.from(chanceOf(call).bytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function bits(call: Call, combine: (a: bigint, b: bigint) => bigint): number {
  const [a = 0, b = 0] = [0, 1].map((index) => Math.trunc(numberOf(call.value(index))));
  return Number(combine(BigInt(a), BigInt(b)));
}

export const numberFunctions: Readonly<Record<string, MappingFunction>> = {
  BitAnd: { signature: 'BitAnd(value1, value2)', least: 2, most: 2, evaluate: (call) => bits(call, (a, b) => a & b) },
  BitOr: { signature: 'BitOr(value1, value2)', least: 2, most: 2, evaluate: (call) => bits(call, (a, b) => a | b) },
  RandomString: {
    signature: 'RandomString(length, leastNumbers, leastSpecial, leastCapitals, leastLowerCase, charactersToAvoid?)',
    least: 5,
    most: 6,
    evaluate: randomString,
  },
  Guid: { signature: 'Guid()', least: 0, most: 0, evaluate: guid },
  ConvertToBase64: {
    signature: 'ConvertToBase64(source)',
    least: 1,
    most: 1,
    evaluate: (call) => encoded(call, (text) => Buffer.from(text, 'utf16le').toString('base64')),
  },
  ConvertToUTF8Hex: {
    signature: 'ConvertToUTF8Hex(source)',
    least: 1,
    most: 1,
    evaluate: (call) => encoded(call, (text) => Buffer.from(text, 'utf8').toString('hex').toUpperCase()),
  },
  Redact: { signature: 'Redact(value)', least: 1, most: 1, evaluate: (call) => call.flow(0) },
  DefaultDomain: {
    signature: 'DefaultDomain()',
    least: 0,
    most: 0,
    evaluate: ({ surroundings }) => {
      if (surroundings.defaultDomain === null) throw new ValueError('no default domain is configured');
      return surroundings.defaultDomain;
    },
  },
};

function encoded(call: Call, encode: (text: string) => string): string | null {
  const value = call.value(0);
  return value === null ? null : encode(textOf(value));
}
