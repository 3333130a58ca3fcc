import { etagOf, requireMatch } from './etag.js';

describe('If-Match', () => {
  it('passes when absent, when it names the version, or with * for what exists', () => {
    for (const header of [undefined, '', '"3"', 'W/"3"', '"2", "3"', '*'])
      expect(() => requireMatch(header, 3)).not.toThrow();
    expect(etagOf(3)).toBe('"3"');
  });

  it('is refused with 412 for another version, and * for what does not exist', () => {
    for (const [header, version] of [
      ['"2"', 3],
      ['3', 3],
      ['*', 0],
      ['"0x3"', 3],
    ] as const) {
      expect(() => requireMatch(header, version)).toThrow(/does not have the version in If-Match/);
    }
  });
});
