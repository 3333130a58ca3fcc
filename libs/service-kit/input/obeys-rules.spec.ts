import {
  ArrayMaxSize,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { Type } from 'class-transformer';
import { rulesObeyed } from './obeys-rules.js';
import { Fits } from './validation.js';

class Record_ {
  @IsString()
  @MaxLength(5)
  readonly name!: unknown;

  @IsOptional()
  @IsIn(['a', 'b'])
  readonly kind?: unknown;

  @ValidateIf(({ kind }: Record_) => kind === 'b')
  @Fits('even', {}, (value) => typeof value === 'number' && value % 2 === 0, 'must be even')
  readonly count?: unknown;
}

class Listed {
  @IsString({ each: true })
  @ArrayMaxSize(2)
  readonly names!: unknown;
}

class Nested {
  @ValidateNested()
  @Type(() => Listed)
  readonly listed!: unknown;
}

const obeys = rulesObeyed(Record_);

describe('the rules of a class', () => {
  it.each([
    { name: 'abc' },
    { name: 'abcdef' },
    { name: 1 },
    {},
    { name: null },
    { name: 'abc', kind: null },
    { name: 'abc', kind: 'a', count: 3 },
    { name: 'abc', kind: 'c' },
    { name: 'abc', kind: 'b' },
    { name: 'abc', kind: 'b', count: 3 },
    { name: 'abc', kind: 'b', count: 4 },
  ])('given %j, are obeyed if class-validator finds nothing wrong', (fields) => {
    const record = Object.assign(new Record_(), fields);
    expect(obeys(record)).toBe(validateSync(record).length === 0);
  });

  it('given rules of other kinds, leave the answer to class-validator', () => {
    const listed = Object.assign(new Listed(), { names: ['a'] });
    expect(rulesObeyed(Listed)(listed)).toBe(false);
    expect(rulesObeyed(Nested)(Object.assign(new Nested(), { listed }))).toBe(false);
  });
});
