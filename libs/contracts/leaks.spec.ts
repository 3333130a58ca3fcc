import { leaksOf, personalTexts } from './leaks.fixtures.js';

describe('a leak of something personal', () => {
  const type = 'hub.governance.identity.changed.v1';
  const body = {
    identity: '0198c0de-0000-7000-8000-00000000000a',
    status: 'active',
    userName: 'ada@corp.example',
    attributes: { familyName: 'Lovelace', department: 'Legal', custom: [{ shoeSize: 4711 }] },
  };
  const personal = personalTexts(type, body);

  it('is looked for in every text of the fields that the contract marks, however deep', () => {
    expect(personal).toEqual(['ada@corp.example', 'Lovelace', 'Legal', '4711']);
  });

  it.each([
    ['as it is', { key: 'Lovelace' }],
    ['within a text', ['for Lovelace.']],
    ['a number', [{ deep: { size: 4711 } }]],
    ['an address', '/hr/worker-ada@corp.example'],
  ])('is found %s', (_, open) => {
    expect(leaksOf(personal, open)).toHaveLength(1);
  });

  it('is not an id, a word of the contracts, part of a word, or what is open for another reason', () => {
    expect(leaksOf([body.identity, 'active', 'over'], [body.identity, 'active', 'recovered'])).toEqual([]);
    expect([leaksOf(personal, 'Legal', ['Legal']), leaksOf(personal, 'Legal')]).toEqual([[], ['Legal']]);
  });
});
