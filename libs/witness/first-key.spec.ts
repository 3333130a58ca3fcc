import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateNoteKey, noteSigner, vkeyOf } from '#libs/merkle-log/note.js';
import { FirstKey } from './first-key.js';

const keyOf = (name: string): string => vkeyOf(noteSigner(name, generateNoteKey()));

describe('a witness that takes the first key', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hub-first-key-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('keeps it over a start, and never takes another one: of the same name, of another, or none at all', () => {
    const [first, other] = [keyOf('hub.example/log'), keyOf('hub.example/log')];
    const keys = new FirstKey(dir);
    expect(keys.keyOf('hub.example/log')).toBeNull();
    for (const none of [undefined, '', 'no key', [first]]) keys.offer(none);
    expect(keys.keyOf('hub.example/log')).toBeNull();
    keys.offer(first);
    keys.offer(other);
    keys.offer(keyOf('hub.example/another'));
    const again = new FirstKey(dir);
    expect(again.keyOf('hub.example/log')).toEqual(keys.keyOf('hub.example/log'));
    expect(again.keyOf('hub.example/log')?.name).toBe('hub.example/log');
    expect(again.keyOf('hub.example/another')).toBeNull();
  });
});
