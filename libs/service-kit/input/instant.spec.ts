import { validateSync } from 'class-validator';
import { IsInstant, utcOf } from './instant.js';

class Asked {
  @IsInstant()
  readonly at: unknown;
  constructor(at: unknown) {
    this.at = at;
  }
}
const accepted = (at: unknown): boolean => validateSync(new Asked(at)).length === 0;

describe('an instant of a request', () => {
  it('has an offset, and means the same everywhere', () => {
    expect(accepted('2026-03-03T12:00:00+02:00')).toBe(true);
    expect(utcOf('2026-03-03T12:00+02:00')).toBe('2026-03-03T10:00:00.000Z');
    expect(utcOf('2024-02-29T23:59:59.9999Z')).toBe('2024-02-29T23:59:59.999Z');
  });

  it.each([
    '2026-03-03',
    '2026-03-03T12:00:00',
    '2026-W10-2',
    '2026-02-29T12:00:00Z',
    '2026-02-31T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-03-03T24:00:00Z',
    '2026-03-03T12:00:00+15:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:00:00-14:00',
    '+12026-03-03T12:00:00Z',
    ['2026-03-03T12:00:00Z'],
    1_772_539_200_000,
  ])('is refused when it does not exist, or is somebody’s local time: %s', (text) => {
    expect(accepted(text)).toBe(false);
  });
});
