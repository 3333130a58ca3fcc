import { hasShape, objectIn, parsed, withDefaults, withoutDefaults } from './core.js';

describe('the shape of what lies in a row', () => {
  interface State {
    readonly status: string;
    readonly holder: { readonly id: string } | null;
    readonly names: readonly string[];
    readonly note?: string;
  }
  const isState = hasShape<State>({ status: ['open', 'closed'], holder: 'object or null', names: 'list' });
  const state = { status: 'open', holder: null, names: [] };

  it('has every field, each of its kind', () => {
    expect([state, { ...state, holder: { id: '1' }, note: 'more' }].map(isState)).toEqual([true, true]);
  });

  it.each([
    ['nothing', null],
    ['a list', [state]],
    ['a text', 'open'],
    ['an empty object', {}],
    ['another status', { ...state, status: 'lost' }],
    ['a missing field', { status: 'open', names: [] }],
    ['a list that is none', { ...state, names: {} }],
    ['an object that is none', { ...state, holder: 'ada' }],
  ])('is not %s', (_, value) => {
    expect(isState(value)).toBe(false);
  });
});

describe('a stored value', () => {
  it('is read in its shape, or refused by name', () => {
    const isNote = hasShape<{ text: string }>({ text: 'text' });
    expect(parsed<{ text: string }>('note 1', isNote, { text: 'a' })).toEqual({ text: 'a' });
    expect(() => parsed('note 1', isNote, { text: 1 })).toThrow('note 1 has not the shape');
  });
});

describe('defaults', () => {
  const defaults = { mode: 'observe', groups: { create: true }, list: [] };

  it('are filled where nothing is said, field by field', () => {
    expect(withDefaults({ name: 'Wiki', groups: {} }, defaults)).toEqual({ name: 'Wiki', ...defaults });
    expect(withDefaults({ groups: { create: false }, list: [1] }, defaults)).toEqual({
      mode: 'observe',
      groups: { create: false },
      list: [1],
    });
  });

  it('are not kept, so that another default counts for what was said before', () => {
    const document = { name: 'Wiki', mode: 'observe', groups: { create: true }, list: ['a'] };
    const kept = withoutDefaults(document, defaults);
    expect(kept).toEqual({ name: 'Wiki', list: ['a'] });
    expect(withDefaults(kept, defaults)).toEqual(document);
    expect(withDefaults(kept, { ...defaults, mode: 'enforce' })).toMatchObject({ mode: 'enforce' });
  });
});

describe('a text that should hold an object', () => {
  it('is read as that object', () => {
    expect(objectIn('a note', '{"text":"x"}')).toEqual({ text: 'x' });
  });

  it.each(['[]', 'null', '"text"', '{', ''])('is refused where it is %j', (text) => {
    expect(() => objectIn('a note', text)).toThrow(/a note|JSON/);
  });
});
