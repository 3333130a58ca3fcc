import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsDefined,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { InvalidInput, type ProblemError } from '#libs/problems/problem.js';
import { validationPipe } from './validation.js';

class Stage {
  @IsString()
  readonly approver!: string;
}
class Input {
  @Length(1, 5)
  readonly name!: string;

  @IsISO8601({ strict: true }, { message: 'must be a date as YYYY-MM-DD' })
  readonly hireDate!: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Stage)
  readonly stages?: Stage[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2)
  @ArrayUnique()
  readonly tags?: string[];
}

class Needy {
  @IsDefined({ message: 'is missing: give one' })
  @IsObject({ message: 'must be an object' })
  readonly auth!: object;
}

async function errorsOf(body: object): Promise<readonly ProblemError[]> {
  try {
    await validationPipe().transform(body, { type: 'body', metatype: Input });
    return [];
  } catch (error) {
    if (error instanceof InvalidInput) return error.errors;
    throw error;
  }
}

describe('validation', () => {
  it('tells all problems at once, each with pointer and mend', async () => {
    expect(await errorsOf({ name: 'much too long' })).toEqual([
      { pointer: '/name', detail: 'must be shorter than or equal to 5 characters' },
      { pointer: '/hireDate', detail: 'is missing: it must be a date as YYYY-MM-DD' },
    ]);
  });

  it('says of what is no list at all only that, and of what is missing only once', async () => {
    expect(await errorsOf({ name: 'a', hireDate: '2026-03-02', tags: 'x' })).toEqual([
      { pointer: '/tags', detail: 'must be an array' },
    ]);
    const refused = validationPipe().transform({}, { type: 'body', metatype: Needy });
    await expect(refused).rejects.toMatchObject({ errors: [{ pointer: '/auth', detail: 'is missing: give one' }] });
  });

  it('refuses an unknown field by name', async () => {
    expect(await errorsOf({ name: 'a', hireDate: '2026-03-02', 'surname/x': 'b' })).toEqual([
      { pointer: '/surname~1x', detail: 'is an unknown field: leave it out' },
    ]);
  });

  it('points into lists', async () => {
    expect(await errorsOf({ name: 'a', hireDate: '2026-03-02', stages: [{ approver: 'x' }, { approver: 7 }] })).toEqual(
      [{ pointer: '/stages/1/approver', detail: 'must be a string' }],
    );
  });

  it.each([
    ['U+0000', { name: 'a\0', hireDate: '2026-03-02' }, '/name'],
    [
      'half a surrogate pair',
      { name: 'a', hireDate: '2026-03-02', stages: [{ approver: '\ud800' }] },
      '/stages/0/approver',
    ],
    ['U+0000 in a name', { 'x\0': 1 }, '/x\ufffd'],
    ['a name that would be lost', { stages: [{ constructor: {} }] }, '/stages/0/constructor'],
  ])('refuses %s, which could not be stored', async (_, body, pointer) => {
    expect(await errorsOf(body)).toEqual([{ pointer, detail: expect.stringContaining('leave it out') }]);
  });

  it('refuses such a path parameter by its name', async () => {
    const refused = validationPipe().transform('\0', { type: 'param', metatype: String, data: 'id' });
    await expect(refused).rejects.toMatchObject({ status: 400, errors: [{ pointer: '/id' }] });
  });

  it('takes null for absent', async () => {
    expect(await errorsOf({ name: 'a', hireDate: '2026-03-02', stages: null })).toEqual([]);
  });
});
