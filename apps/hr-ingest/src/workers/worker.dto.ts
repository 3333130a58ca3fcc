import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsEmail, IsIn, IsOptional, validateSync } from 'class-validator';
import { type WorkerAttributes, workerOf } from '#libs/contracts/hr-lifecycle.js';
import { rulesObeyed } from '#libs/service-kit/input/obeys-rules.js';
import { Fits, problemErrors } from '#libs/service-kit/input/validation.js';
import type { StatedFields } from './attributes.js';
import { isCalendarDay, isTimeZone } from '#libs/text/calendar-day.js';
import * as rules from './worker-rules.js';

const isNamedOnce = (value: unknown): boolean => rules.namesDifferingInCase(value) === null;
const dayJson = { type: 'string', format: 'date' };
const isDay = (value: unknown): boolean => typeof value === 'string' && isCalendarDay(value);
const Day = (description: string, example = '2026-03-02'): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, example, format: 'date' }),
    IsOptional(),
    Fits('day', dayJson, isDay, rules.dayRule),
  );
const Text = (example?: string, description = ''): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, ...(example === undefined ? {} : { example }) }),
    IsOptional(),
    Fits('text', rules.textJson, rules.isText, rules.textRule),
  );
const Key = (description: string, example: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ description, example }),
    IsOptional(),
    Fits('key', rules.keyJson, rules.isKey, rules.keyRule),
  );
const Texts = (example: string[]): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: [String], example }),
    IsOptional(),
    Fits('texts', rules.textListJson, rules.isTextList, rules.textListRule),
  );

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** One worker as HR states it. Becomes `RecordWorkers`, alone or as a row of an import. `null` is absent. */
export class WorkerDto {
  @Key('HR’s own key; the same as in the path', '1001')
  readonly employeeId?: string;

  @Key('Connects several employments of one person', 'P-77')
  readonly personId?: string;

  @Text('Ada')
  readonly givenName?: string;

  @ApiProperty({ example: 'Lovelace' })
  @Fits('text', rules.textJson, (value) => !given(value) || rules.isText(value), rules.textRule)
  @Fits('given', {}, given, 'must be the family name')
  readonly familyName!: string;

  @Text()
  readonly middleName?: string;

  @Text('Dr')
  readonly honorificPrefix?: string;

  @Text()
  readonly honorificSuffix?: string;

  @Text()
  readonly preferredName?: string;

  @Text('en-GB')
  readonly preferredLanguage?: string;

  @Day('Date of birth', '1990-12-10')
  readonly birthDate?: string;

  @ApiPropertyOptional({ example: 'ada.lovelace@example.com' })
  @IsOptional()
  @IsEmail({ require_tld: false, allow_utf8_local_part: true }, { message: 'must be an email address' })
  readonly email?: string;

  @Texts(['+44 20 7946 0000'])
  readonly phoneNumbers?: readonly string[];

  @Texts(['12 St James’s Square, London'])
  readonly addresses?: readonly string[];

  @Text('Engineering')
  readonly department?: string;

  @Text()
  readonly division?: string;

  @Text('CC-100')
  readonly costCenter?: string;

  @Text()
  readonly company?: string;

  @Text('Analyst')
  readonly jobTitle?: string;

  @Text('London')
  readonly location?: string;

  @Text('GB')
  readonly country?: string;

  @Key('employeeId of the manager', '1000')
  readonly managerId?: string;

  @Text('employee')
  readonly employmentType?: string;

  @Key('employeeId of the sponsor', '1000')
  readonly sponsorId?: string;

  @ApiPropertyOptional({ description: 'IANA time zone of the dates. Default: HUB_TIME_ZONE', example: 'Europe/London' })
  @IsOptional()
  @Fits(
    'zone',
    { type: 'string' },
    (value) => typeof value === 'string' && isTimeZone(value),
    'must be a time zone such as Europe/Berlin',
  )
  readonly timeZone?: string;

  @ApiPropertyOptional({ enum: ['active', 'on-leave'] })
  @IsOptional()
  @IsIn(['active', 'on-leave'], { message: 'must be active or on-leave; an employment ends by terminationDate' })
  readonly status?: 'active' | 'on-leave';

  @ApiProperty({ description: 'First day', example: '2026-03-02', format: 'date' })
  @Fits('day', dayJson, (value) => !given(value) || isDay(value), rules.dayRule)
  @Fits('given', {}, given, 'must be the first day as YYYY-MM-DD')
  readonly hireDate!: string;

  @Day('Access ends with this day, if it differs from terminationDate')
  readonly lastWorkingDay?: string;

  @Day('Last day of employment, inclusive. Before a hireDate in the future: the hire does not take place')
  readonly terminationDate?: string;

  @ApiPropertyOptional({ description: 'Access ends at this instant', example: '2026-06-30T17:00:00+02:00' })
  @IsOptional()
  @Fits('instant', { type: 'string', format: 'date-time' }, rules.isInstant, rules.instantRule)
  readonly accessEndsAt?: string;

  @Text('voluntary')
  readonly terminationType?: string;

  @Day('First day of leave')
  readonly leaveFrom?: string;

  @Day('Last day of leave, inclusive')
  readonly leaveUntil?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { badge: 'B-17' } })
  @IsOptional()
  @Fits('texts', rules.textMapJson, rules.isTextMap, rules.textMapRule)
  @Fits(
    'names',
    {},
    isNamedOnce,
    (value) => `holds ${rules.namesDifferingInCase(value)}, which differ only in case: remove one`,
  )
  readonly custom?: Readonly<Record<string, string>>;
}

const obeysRules = rulesObeyed(WorkerDto);

/**
 * Everything wrong with a record, field by field: the rules of the DTO, then those between fields.
 *
 * @param taken whether a field is as it was accepted before: no rule is asked about it again
 * @param ahead whether the first day is still to come: an end before it then says that the hire does not take place
 */
export function problemsOf(
  fields: StatedFields,
  taken: (field: string) => boolean = () => false,
  ahead: (worker: WorkerAttributes) => boolean = () => false,
): rules.FieldProblem[] {
  const record = Object.assign(new WorkerDto(), fields);
  const broken = obeysRules(record) ? [] : validateSync(record);
  const problems = broken
    .filter(({ property }) => !taken(property))
    .flatMap((error) => problemErrors(error, ''))
    .map(({ pointer, detail }) => ({ field: pointer.slice(1), detail }));
  if (problems.length > 0) return problems;
  const worker = workerOf(fields);
  return rules.orderProblems(worker, (end) => ahead(worker) || (taken(end) && taken('hireDate')));
}
