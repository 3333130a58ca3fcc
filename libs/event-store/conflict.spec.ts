import { isOutage } from './conflict.js';

describe('an outage', () => {
  it.each(['57P01', '08006', '53300', '28P01', '25006', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])(
    'is what %s tells of',
    (code) => {
      expect(isOutage(Object.assign(new Error('x'), { code }))).toBe(true);
      expect(isOutage(new Error('y', { cause: Object.assign(new Error('x'), { code }) }))).toBe(true);
    },
  );

  it.each(['23505', '22P02', '42P01', '25P03', '40001', 'HB002'])('is not what %s tells of', (code) => {
    expect(isOutage(Object.assign(new Error('x'), { code }))).toBe(false);
  });
});
