import { describe, expect, it } from '@jest/globals';
import type { WorkerAttributes } from '#libs/contracts/hr-lifecycle.js';
import { contractorProblems } from './contractor-rules.js';

const terms = { nowMs: Date.parse('2026-03-02T09:00:00.000Z'), defaultZone: 'UTC', maxDays: 180 };
const contractor = (more: Partial<WorkerAttributes> = {}): WorkerAttributes => ({
  employeeId: '2001',
  familyName: 'Lovelace',
  hireDate: '2026-03-02',
  employmentType: 'contractor',
  sponsorId: '1000',
  terminationDate: '2026-08-29',
  ...more,
});
const without = (...fields: (keyof WorkerAttributes)[]): WorkerAttributes =>
  Object.fromEntries(
    Object.entries(contractor()).filter(([field]) => !fields.includes(field as keyof WorkerAttributes)),
  ) as unknown as WorkerAttributes;
const fields = (worker: WorkerAttributes, known: WorkerAttributes | null = null, more = {}) =>
  contractorProblems(worker, known, { ...terms, ...more }).map(({ field }) => field);

describe('a contractor', () => {
  it('needs a sponsor and an end within the configured days', () => {
    expect(fields(contractor())).toEqual([]);
    expect(fields(without('sponsorId', 'terminationDate'))).toEqual(['sponsorId', 'terminationDate']);
    expect(fields(contractor({ terminationDate: '2026-08-30' }))).toEqual(['terminationDate']);
    expect(fields(contractor({ lastWorkingDay: '2027-01-01' }))).toEqual(['lastWorkingDay']);
    expect(fields(contractor({ accessEndsAt: '2027-01-01T00:00:00Z' }))).toEqual(['accessEndsAt']);
    expect(fields(contractor({ employmentType: 'Contractor', terminationDate: '9999-12-31' }))).toEqual([
      'terminationDate',
    ]);
  });
  it('has the days from the first day, where that is still ahead', () => {
    expect(fields(contractor({ hireDate: '2026-06-01', terminationDate: '2026-11-28' }))).toEqual([]);
    expect(fields(contractor({ hireDate: '2026-06-01', terminationDate: '2026-11-29' }))).toEqual(['terminationDate']);
  });
  it('is nobody with another employment type, and nobody where no days are configured', () => {
    expect(fields({ ...without('sponsorId', 'terminationDate'), employmentType: 'employee' })).toEqual([]);
    expect(fields(without('sponsorId', 'terminationDate'), null, { maxDays: 0 })).toEqual([]);
  });
  it('is not the own sponsor', () => {
    expect(fields(contractor({ sponsorId: '2001' }))).toEqual(['sponsorId']);
  });
  it('may leave at any time, also without a sponsor', () => {
    expect(fields({ ...without('sponsorId'), terminationDate: '2026-03-01' })).toEqual([]);
    const legacy = without('sponsorId', 'terminationDate');
    expect(fields({ ...legacy, terminationDate: '2027-12-31' }, legacy)).toEqual([]);
  });
  it('is not refused for what was accepted before, and is where it gets worse', () => {
    const legacy = without('sponsorId', 'terminationDate');
    expect(fields({ ...legacy, jobTitle: 'Lead' }, legacy)).toEqual([]);
    expect(fields(without('sponsorId'), contractor())).toEqual(['sponsorId']);
    expect(fields(without('terminationDate'), contractor())).toEqual(['terminationDate']);
    const employee = { ...legacy, employmentType: 'employee' };
    expect(fields(legacy, employee)).toEqual(['sponsorId', 'terminationDate']);
  });
  it('is extended within the same days', () => {
    const later = { ...terms, nowMs: Date.parse('2026-08-01T09:00:00.000Z') };
    expect(contractorProblems(contractor({ terminationDate: '2027-01-28' }), contractor(), later)).toEqual([]);
    expect(contractorProblems(contractor({ terminationDate: '2027-01-29' }), contractor(), later)).toHaveLength(1);
  });
});
