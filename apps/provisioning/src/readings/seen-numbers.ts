/** Numbers in one block, and the bytes that hold them. */
const blockBits = 65_536;

/** Which numbers were seen: one bit for each, in blocks that are made when needed. */
export class SeenNumbers {
  private readonly blocks = new Map<number, Uint8Array>();
  private seen = 0;

  /** How many different numbers were seen. */
  get count(): number {
    return this.seen;
  }

  /** @returns false for one that was seen before */
  add(number: number): boolean {
    const { block, byte, bit } = this.placeOf(number);
    const known = block[byte] ?? 0;
    if ((known & bit) !== 0) return false;
    block[byte] = known | bit;
    this.seen += 1;
    return true;
  }

  has(number: number): boolean {
    const block = this.blocks.get(Math.floor(number / blockBits));
    const within = number % blockBits;
    return block !== undefined && ((block[within >> 3] ?? 0) & (1 << (within & 7))) !== 0;
  }

  private placeOf(number: number): { readonly block: Uint8Array; readonly byte: number; readonly bit: number } {
    const key = Math.floor(number / blockBits);
    const block = this.blocks.get(key) ?? new Uint8Array(blockBits / 8);
    this.blocks.set(key, block);
    const within = number % blockBits;
    return { block, byte: within >> 3, bit: 1 << (within & 7) };
  }
}
