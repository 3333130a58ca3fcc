import { fromHeaders, fromText, toHeaders, toText, undecodable, type EventHeaders } from './cloud-event.js';
import type { PublicMessage } from './message.js';

const id = '0198c0de-0000-7000-8000-000000000001';
const at = { topic: 'hub.spec', key: 'ada', log: 'hub.spec/0', place: 7, fallbackId: () => id.replace('1', '2') };
const message: PublicMessage = {
  topic: at.topic,
  key: at.key,
  id,
  source: '/spec/note-1',
  type: 'hub.spec.thing.done.v1',
  subject: id,
  time: '2026-03-02T09:00:00.000Z',
  actor: 'service/spec',
  correlationId: id,
  causationId: id,
  sequence: 3,
  epoch: 2,
  bulk: true,
  application: 'chat',
  body: { text: 'naïve “quotes”' },
};
const headers = toHeaders(message);
const read = (more: EventHeaders, body = '{}', key = 'ada'): PublicMessage =>
  fromHeaders({ ...at, key }, { ...headers, ...more }, body);

describe('a message as CloudEvents headers', () => {
  it('is read as it was written', () => {
    expect(fromHeaders(at, headers, JSON.stringify(message.body))).toEqual(message);
    expect(fromText({ ...at, id }, toText(message))).toEqual(message);
  });

  it('carries the W3C trace context of its chain', () => {
    expect(headers['ce_traceparent']).toBe('00-0198c0de000070008000000000000001-8000000000000001-01');
  });

  it('starts a chain of its own where a foreign writer names no cause', () => {
    const { ce_correlationid: _, ce_causationid: __, ...others } = headers;
    expect(fromHeaders(at, others, '{}')).toMatchObject({ correlationId: id, causationId: null });
  });

  it.each([
    ['an id that is no UUID', { ce_id: 'order-7' }, 'header ce_id is not a UUID'],
    ['a correlation that is no UUID', { ce_correlationid: 'x' }, 'header ce_correlationid is not a UUID'],
    ['a cause that is no UUID', { ce_causationid: 'x' }, 'header ce_causationid is not a UUID'],
    ['a time that is none', { ce_time: 'today' }, 'header ce_time is not an instant'],
    ['an epoch no inbox can hold', { ce_epoch: '4000000000' }, 'header ce_epoch is too large'],
    ['a sequence that is no number', { ce_sequence: '-1' }, 'header ce_sequence is not a whole number'],
    ['no source', { ce_source: '' }, 'header ce_source is missing'],
    ['an endless source', { ce_source: 's'.repeat(513) }, 'header ce_source is longer than 512 characters'],
    ['NUL', { ce_actor: 'a\0b' }, 'key or headers hold the character NUL'],
  ])('is undecodable with %s', (_, broken, reason) => {
    expect(read(broken)).toMatchObject({ type: undecodable, id: at.fallbackId(), sequence: 7, body: { reason } });
  });

  it('is undecodable with a key that no index holds, and known by what of it can be kept', () => {
    expect(read({}, '{}', 'a\0b')).toMatchObject({ type: undecodable, key: 'a\ufffdb' });
    expect(read({}, '{}', 'k'.repeat(3_000)).key).toHaveLength(512);
    expect(read({}, '{}', 'k'.repeat(511) + '\u{1f600}').key).toBe('k'.repeat(511));
  });

  it('does not quote a body that is not JSON: it may be about somebody', () => {
    expect(read({}, 'Ada Lovelace').body).toMatchObject({ reason: 'the body is not JSON' });
    expect(read({}, '[1]').body).toMatchObject({ reason: 'the body is not a JSON object' });
  });

  it('that was undecodable is read again when it is replayed', () => {
    const parked = fromText({ ...at, id: at.fallbackId() }, toText(read({ ce_id: 'order-7' })));
    expect(parked).toMatchObject({ type: undecodable, body: { reason: 'header ce_id is not a UUID' } });
  });
});
