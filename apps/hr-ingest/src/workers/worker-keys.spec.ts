import { keyToStore, resolveKey, type Holder } from './worker-keys.js';

const holders = (...keys: string[]): Holder<string>[] => keys.map((key) => ({ key, value: `of ${key}` }));

describe('a key', () => {
  it('means the one that is written so, else the one of the same canonical form', () => {
    const [plain, blank] = holders('1001', '1001\u00a0');
    if (plain === undefined || blank === undefined) throw new Error('two holders');
    expect(resolveKey('1001', [blank, plain])).toEqual({ is: 'known', holder: plain });
    expect(resolveKey('1001\u00a0', [plain, blank])).toEqual({ is: 'known', holder: blank });
    expect(resolveKey('\u200b1001', [blank, plain])).toEqual({ is: 'known', holder: plain });
    expect(resolveKey('1001', [blank])).toEqual({ is: 'known', holder: blank });
  });

  it('means nobody when several are the same and none is written like it', () => {
    expect(resolveKey('1001', holders('1001\u00a0', ' 1001'))).toEqual({
      is: 'several',
      keys: ['1001\u00a0', ' 1001'],
    });
  });

  it('that differs only in case from another is a twin of that one, and new when there is none', () => {
    expect(resolveKey('gaBc', holders('gAbC'))).toEqual({ is: 'twin', first: 'gAbC' });
    expect(resolveKey('gaBc', holders('gAbC', 'gaBc'))).toMatchObject({ is: 'known', holder: { key: 'gaBc' } });
    expect(resolveKey('gAbC', [])).toEqual({ is: 'new' });
  });

  it('is stored in its canonical form, unless that is somebody else', () => {
    const [plain, blank] = holders('1001', '1001\u00a0');
    expect(keyToStore('\u200b1002', null, [])).toBe('1002');
    expect(keyToStore('1001\u00a0', blank ?? null, holders())).toBe('1001');
    expect(
      keyToStore(
        '1001\u00a0',
        blank ?? null,
        [plain, blank].flatMap((one) => one ?? []),
      ),
    ).toBe('1001\u00a0');
  });
});
