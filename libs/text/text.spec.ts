import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalKey, cleanText, cutText, foldText, isWellFormedText, searchForm } from './text.js';

/** Any code units at all, and runs of what is awkward. */
const anyText = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc
    .array(
      fc.constantFrom('\0', '\ud800', '\udc00', '👍', '\u0301', 'e', 'İ', 'ı', 'Σ', 'ς', 'ß', '\u200b', '\u00a0', ' '),
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);
const always = (holds: (text: string) => boolean): void => {
  fc.assert(fc.property(anyText, (text) => expect(holds(text)).toBe(true)));
};

describe('cleaning a text', () => {
  it('keeps what people write', () => {
    const fine = 'Zoë Ng\u0303\tline one\r\nline two 👍🏽 \u200d\ufdfa';
    expect(cleanText(fine)).toBe(fine);
  });

  it('replaces what cannot be stored or shown', () => {
    expect(cleanText('a\0b\x1b[31m\x85\x7f\ud83d!')).toBe('a\ufffdb\ufffd[31m\ufffd\ufffd\ufffd!');
  });

  it('always leaves well-formed text, and nothing more to clean', () => {
    always((text) => isWellFormedText(cleanText(text)) && cleanText(cleanText(text)) === cleanText(text));
  });

  it('knows text that PostgreSQL cannot hold', () => {
    expect(['a\0', '\ud800', '\udc00a', 'ok 👍', ''].map(isWellFormedText)).toEqual([false, false, false, true, true]);
  });
});

describe('the canonical form of a key', () => {
  it.each([
    ['1001', ' 1001', '1001\u00a0', '\u200b1001', '\ufeff1001\u3000', '10\u00ad01', '1001\t\r\n', '\u20671001\u2069'],
    ['caf\u00e9', 'cafe\u0301', 'caf\u00e9\u2800', 'cafe\u200d\u0301'],
    ['A 1', 'A\u00a01', 'A\t1', ' A\u20031\u0000 '],
    ['', ' ', '\u200b\u00a0', '\u3164', '\0'],
  ])('%j is one key however it is written', (key, ...writings) => {
    expect([key, ...writings].map(canonicalKey)).toEqual([key, ...writings].map(() => key));
  });

  it('keeps apart what differs', () => {
    const keys = ['gAbC', 'gaBc', 'A 1', 'A1', 'A  1', 'stra\u00dfe', 'strasse', '\uff11', '1', '\u0131', 'i', '👍'];
    expect(keys.map(canonicalKey)).toEqual(keys);
  });

  it('is its own canonical form, whatever the text', () => {
    always((text) => canonicalKey(canonicalKey(text)) === canonicalKey(text));
    always((text) => canonicalKey(`\u200b ${text}\u00a0`) === canonicalKey(text));
    always((text) => canonicalKey(text.normalize('NFD')) === canonicalKey(text));
  });
});

describe('folding case', () => {
  it.each([
    ['Sales', 'SALES', 'sales'],
    ['\u039f\u0394\u039f\u03a3', '\u03bf\u03b4\u03bf\u03c3', '\u03bf\u03b4\u03bf\u03c2'],
    ['STRA\u1e9eE', 'stra\u00dfe'],
    ['\u0130stanbul', 'I\u0307stanbul', 'i\u0307STANBUL'],
    ['\u212aelvin', 'kelvin'],
    ['\u017f', 's'],
    ['CAFE\u0301', 'caf\u00e9', 'CAF\u00c9'],
    ['H\u0331', '\u1e96'],
    ['\u{10400}', '\u{10428}'],
    ['\u13a0', '\uab70'],
  ])('%j and its other writings are one', (...writings) => {
    expect(new Set(writings.map(foldText)).size).toBe(1);
  });

  it.each([
    ['stra\u00dfe', 'strasse'],
    ['\u0131', 'i'],
    ['I', '\u0131'],
    ['\u0130', 'I'],
    ['caf\u00e9', 'cafe'],
  ])('%j is not %j', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });

  it("is Unicode's simple case folding of every character, as regular expressions know it", () => {
    const wrong: string[] = [];
    for (let point = 0; point <= 0x1ffff; point += 1) {
      const character = String.fromCodePoint(point);
      if (!/\p{Changes_When_Casemapped}/u.test(character) || character.normalize('NFD') !== character) continue;
      const folded = foldText(character);
      if (folded !== character && !new RegExp(`^${folded}$`, 'iu').test(character)) wrong.push(character);
      for (const other of [character.toUpperCase(), character.toLowerCase()]) {
        const same = /^.$/su.test(other) && new RegExp(`^${character}$`, 'iu').test(other);
        if (same && foldText(other) !== folded) wrong.push(character);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('changes nothing twice, and does not see how a text is composed', () => {
    always((text) => foldText(foldText(text)) === foldText(text));
    always((text) => foldText(text.normalize('NFD')) === foldText(text));
  });
});

describe('the form of a text in filters', () => {
  it.each([
    ['Research Development', 'research\u00a0development', 'RESEARCH\u2009DEVELOPMENT'],
    ['sales', 's\u00adales', '\u200fsales', 'sa\u200bles\ufeff'],
    ['\u260e team', '\u260e\ufe0f Team'],
    ['\u0645\u06cc\u062e\u0648\u0627\u0647\u0645', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645'],
    ['caf\u00e9', 'cafe\u034f\u0301', 'CAFE\u0301'],
    ['\ud55c', '\u1112\u1161\u11ab'],
  ])('%j and its other writings are one', (...writings) => {
    expect(new Set(writings.map(searchForm)).size).toBe(1);
  });

  it('folds case as names do, and changes nothing twice', () => {
    always((text) => searchForm(foldText(text)) === searchForm(text));
    always((text) => searchForm(searchForm(text)) === searchForm(text));
  });
});

describe('cutting a text', () => {
  it('never cuts inside a character', () => {
    expect([1, 2, 3, 4].map((max) => cutText('a👍b', max))).toEqual(['a', 'a', 'a👍', 'a👍b']);
  });

  it('adds nothing and keeps what is short enough', () => {
    const wellFormed = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(wellFormed, fc.nat(40), (text, max) => {
        const cut = cutText(text, max);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, max - 1));
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});
