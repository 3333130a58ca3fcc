import { ownHeaders } from '../cloud-event.js';
import { aMessage } from '../message.fixtures.js';
import type { PublicMessage } from '../message.js';
import { RecentMessages, type StoredMessage } from './recent-messages.js';

const stored = (m: PublicMessage): StoredMessage => ({
  topic: m.topic,
  key: m.key,
  headers: ownHeaders(m),
  body: JSON.stringify(m.body),
});
const at = (topic: string, position: string): Parameters<RecentMessages['find']>[1] => ({
  topic,
  log: topic,
  place: Number(position),
  fallbackId: () => '0198c0de-0000-7000-8000-000000000009',
});
const [first, second, third] = [1, 2, 3].map((sequence) => aMessage({ topic: 'a', sequence }));
const other = aMessage({ topic: 'b', body: { text: 'x', left: undefined } });

describe('messages that this process stored', () => {
  if (first === undefined || second === undefined || third === undefined) throw new Error('three were made');

  it('given a message at a position, its readers take what they would read from the database', () => {
    const recent = new RecentMessages();
    recent.keep([stored(first), stored(other)], ['7', '8']);
    expect(recent.find('7', at('a', '7'))).toEqual(first);
    expect(recent.find('8', at('b', '8'))).toStrictEqual({ ...other, body: { text: 'x' } });
    expect(recent.find('9', at('a', '9'))).toBeUndefined();
  });

  it('given two readers, the second takes the same object: it is parsed once', () => {
    const recent = new RecentMessages();
    recent.keep([stored(first)], ['7']);
    expect(recent.find('7', at('a', '7'))).toBe(recent.find('7', at('a', '7')));
  });

  it('given a message that cannot be read, it is as undecodable as from the database', () => {
    const recent = new RecentMessages();
    recent.keep([{ ...stored(first), headers: {} }], ['7']);
    expect(recent.find('7', at('a', '7'))).toMatchObject({
      type: 'hub.bus.undecodable',
      source: '/undecodable/a',
      sequence: 7,
    });
  });

  it('given more than it may hold, the oldest go, and readers that are behind are not promised anything', () => {
    const recent = new RecentMessages({ messages: 2, characters: 1_000 });
    recent.keep([stored(first), stored(second), stored(third)], ['7', '8', '9']);
    expect(['7', '8', '9'].map((position) => recent.find(position, at('a', position))?.sequence)).toEqual([
      undefined,
      2,
      3,
    ]);
    expect(recent.covers([{ topic: 'a', position: '6' }])).toBe(false);
    expect(recent.covers([{ topic: 'a', position: '7' }])).toBe(true);
  });

  it('given long bodies, it holds fewer', () => {
    const recent = new RecentMessages({ messages: 100, characters: 150 });
    recent.keep([stored(first), stored(second), stored(third)], ['7', '8', '9']);
    expect(recent.find('7', at('a', '7'))).toBeUndefined();
    expect(recent.find('9', at('a', '9'))).toEqual(third);
  });

  it('promises something only to readers of topics with news', () => {
    const recent = new RecentMessages();
    recent.keep([stored(first)], ['7']);
    const places = (a: string): { topic: string; position: string }[] => [
      { topic: 'a', position: a },
      { topic: 'b', position: '3' },
    ];
    expect(recent.covers(places('6'))).toBe(true);
    expect(recent.covers(places('7'))).toBe(false);
    expect(recent.covers([{ topic: 'b', position: '0' }])).toBe(false);
  });

  it('keeps nothing of a statement whose positions are not known', () => {
    const recent = new RecentMessages();
    recent.keep([stored(first)], []);
    expect(recent.covers([{ topic: 'a', position: '0' }])).toBe(false);
  });
});
