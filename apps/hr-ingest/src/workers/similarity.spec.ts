import { differAsPeople, otherPersonIn } from './similarity.js';
import { record } from './worker.fixtures.js';

const ada = record({ birthDate: '1990-12-10', email: 'ada@corp.example', hireDate: '2020-01-06' });
const stranger = {
  familyName: 'Turing',
  givenName: 'Alan',
  birthDate: '1985-06-23',
  email: 'alan@corp.example',
  hireDate: '2026-03-02',
};

describe('a record of a known number', () => {
  it.each([
    ['in which only the number is the same', stranger, ['name', 'birthDate', 'email', 'hireDate']],
    ['of a namesake by given name', { ...stranger, givenName: 'ADA' }, ['birthDate', 'email', 'hireDate']],
    ['of a relative', { ...stranger, familyName: 'Lovelace' }, ['name', 'birthDate', 'email', 'hireDate']],
    [
      'of a full namesake with another birth date',
      { ...stranger, familyName: 'Lovelace', givenName: 'Ada' },
      ['birthDate', 'email', 'hireDate'],
    ],
    ['without a birth date', { ...stranger, birthDate: null }, ['name', 'email', 'hireDate']],
    [
      'with nothing but a name and a first day',
      { familyName: 'Turing', givenName: 'Alan', hireDate: '2026-03-02' },
      ['name', 'hireDate'],
    ],
  ])('%s names another person', (_, stated, differing) => {
    expect(otherPersonIn(ada, stated)).toEqual(differing);
  });

  it.each([
    ['of a rehire', { ...ada, hireDate: '2026-03-02', email: 'ada2@corp.example' }],
    ['after a marriage', { ...ada, familyName: 'King', email: 'ada.king@corp.example' }],
    ['of a rehire under another name with the same birth date', { ...stranger, birthDate: '1990-12-10' }],
    ['of a rehire under another name with the same email', { ...stranger, birthDate: null, email: 'ADA@corp.example' }],
    ['whose name was a placeholder', { familyName: 'Turing', givenName: 'Alan', hireDate: '2020-01-06' }],
    ['whose name is written in parts', { ...ada, familyName: 'LOVELACE', birthDate: null, email: null }],
    ['that updates some columns', { email: 'new@corp.example', hireDate: '2026-03-02' }],
    ['with one correction', { ...ada, familyName: 'Turing', givenName: 'Alan', birthDate: null, email: null }],
  ])('%s may be the same person', (_, stated) => {
    expect(otherPersonIn(ada, stated)).toBeNull();
  });
});

describe('two rows of one number', () => {
  it('are about two people when their names or birth dates say so, though they start on one day', () => {
    expect(differAsPeople({ ...ada }, { ...stranger, hireDate: ada.hireDate })).toBe(true);
    expect(differAsPeople({ familyName: 'A', givenName: 'B' }, { familyName: 'C', givenName: 'D' })).toBe(true);
  });

  it('are about one when a name, an email or a birth date is the same, or nothing is said', () => {
    expect(differAsPeople({ ...ada }, { ...ada, department: 'Sales' })).toBe(false);
    expect(differAsPeople({ familyName: 'Lovelace' }, { department: 'Sales' })).toBe(false);
    expect(
      differAsPeople(
        { familyName: 'Lovelace', hireDate: '2026-01-05' },
        { familyName: 'King', hireDate: '2026-01-05' },
      ),
    ).toBe(false);
    expect(differAsPeople({ ...ada }, { ...ada, familyName: 'King', givenName: 'A.' })).toBe(false);
  });
});
