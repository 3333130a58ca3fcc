import { withoutSecrets } from './seen-exchange.js';

describe('a body that people may read', () => {
  it.each([
    ['{"userName":"ada","password":"p1"}', '{"userName":"ada","password":"***"}'],
    [
      '{"Operations":[{"op":"add","path":"password","value":"p1"}]}',
      '{"Operations":[{"op":"add","path":"password","value":"***"}]}',
    ],
    ['{"nested":{"apiToken":"t","clientSecret":7}}', '{"nested":{"apiToken":"***","clientSecret":"***"}}'],
    ['{"password":null}', '{"password":null}'],
    ['no JSON', 'no JSON'],
  ])('%s has no secrets', (body, shown) => {
    expect(withoutSecrets(body)).toBe(shown);
  });
});
