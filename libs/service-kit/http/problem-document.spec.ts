import { BadRequestException, NotFoundException } from '@nestjs/common';
import { ConcurrencyConflict, LeaseLost } from '#libs/event-store/conflict.js';
import { DomainError } from '#libs/event-store/core.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { problemOf } from './problem-document.js';
import { statusByCode } from './refusal-statuses.js';

class TooLate extends DomainError<{ pointer?: string }> {
  readonly code = 'spec.too_late';
}
class NotYours extends DomainError {
  readonly code = 'spec.not_yours';
}
const statuses = statusByCode([{ 403: ['spec.not_yours'] }, { 403: ['spec.not_yours'] }]);
const seen = (error: unknown): object => problemOf(error, '/x', (code) => statuses.get(code) ?? 409).problem;

describe('a problem document', () => {
  it('names every broken field and its mend', () => {
    const errors = [{ pointer: '/hireDate', detail: 'is missing: give the first day as YYYY-MM-DD' }];
    expect(seen(new InvalidInput(errors))).toEqual({
      type: 'urn:identity-hub:problem:invalid_input',
      title: 'The request is malformed',
      status: 400,
      detail: '/hireDate is missing: give the first day as YYYY-MM-DD',
      code: 'invalid_input',
      instance: '/x',
      errors,
    });
  });

  it('has the status that a route names for a refusal, and 409 for others', () => {
    expect(seen(new NotYours('it is not yours', {}))).toMatchObject({
      status: 403,
      code: 'spec.not_yours',
      detail: 'it is not yours',
    });
    expect(seen(new TooLate('it is too late', {}))).toMatchObject({ status: 409, code: 'spec.too_late', errors: [] });
  });

  it('points at the field a refusal names', () => {
    expect(seen(new TooLate('is over', { pointer: '/startsAt' }))).toMatchObject({
      errors: [{ pointer: '/startsAt', detail: 'is over' }],
    });
  });

  it('refuses one code with two statuses', () => {
    expect(() => statusByCode([{ 403: ['spec.not_yours'] }, { 404: ['spec.not_yours'] }])).toThrow('spec.not_yours');
  });

  it('is 503 while the database is away, and asks to come again', () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(problemOf(away, '/x')).toMatchObject({
      problem: { status: 503 },
      headers: { 'Retry-After': '1' },
      unexpected: false,
    });
    expect(seen(new LeaseLost('x'))).toMatchObject({ status: 503 });
  });

  it('speaks of 404, 409 and 400 where framework and store do', () => {
    expect(seen(new NotFoundException('Cannot GET /x'))).toMatchObject({
      status: 404,
      code: 'not_found',
      detail: 'there is no such route',
    });
    expect(seen(new NotFound('access request', '7'))).toMatchObject({
      status: 404,
      detail: 'there is no access request 7',
    });
    expect(seen(new ConcurrencyConflict('x'))).toMatchObject({ status: 409, code: 'conflict' });
    expect(seen(new BadRequestException('uuid is expected'))).toMatchObject({
      status: 400,
      detail: 'uuid is expected',
    });
  });

  it('tells nothing of an unexpected failure', () => {
    const { problem, unexpected } = problemOf(new Error('password=hunter2'), '/x');
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
    expect(unexpected).toBe(true);
  });
});
