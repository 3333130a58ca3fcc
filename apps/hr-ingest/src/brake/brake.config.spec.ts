import { brakeSettings } from './brake.config.js';

describe('settings of the brake', () => {
  it('have defaults, also for empty values', () => {
    const expected = { limits: { people: 500, percent: 5, atLeast: 10 }, deadlineHours: 24 };
    expect(brakeSettings({})).toMatchObject(expected);
    expect(brakeSettings({ HR_BRAKE_PEOPLE: '', HR_BRAKE_DEADLINE_HOURS: '' })).toMatchObject(expected);
  });

  it('are read each by its name', () => {
    const env = {
      HR_BRAKE_PEOPLE: '40',
      HR_BRAKE_PERCENT: '2.5',
      HR_BRAKE_AT_LEAST: '3',
      HR_BRAKE_DEADLINE_HOURS: '48',
    };
    expect(brakeSettings(env)).toMatchObject({ limits: { people: 40, percent: 2.5, atLeast: 3 }, deadlineHours: 48 });
  });

  it.each([
    ['HR_BRAKE_PEOPLE', '0'],
    ['HR_BRAKE_PEOPLE', '1.5'],
    ['HR_BRAKE_PERCENT', 'five'],
    ['HR_BRAKE_PERCENT', '101'],
    ['HR_BRAKE_PERCENT', '-1'],
    ['HR_BRAKE_AT_LEAST', '0'],
    ['HR_BRAKE_AT_LEAST', 'NaN'],
    ['HR_BRAKE_DEADLINE_HOURS', '0'],
    ['HR_BRAKE_DEADLINE_HOURS', 'Infinity'],
  ])('refuses %s=%s by name, and does not repeat the value', (name, value) => {
    expect(() => brakeSettings({ [name]: value })).toThrow(
      new RegExp(`^${name}: must be a (whole )?number from [0-9]+ to [0-9]+$`),
    );
  });

  it('tells of all that is wrong at once', () => {
    expect(() => brakeSettings({ HR_BRAKE_PEOPLE: 'x', HR_BRAKE_DEADLINE_HOURS: 'y' })).toThrow(
      /HR_BRAKE_PEOPLE: .*; HR_BRAKE_DEADLINE_HOURS: /,
    );
  });
});
