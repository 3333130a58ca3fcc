import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsAnyJson, IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';

export class MappingEntryDto {
  @ApiProperty({ example: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department' })
  @IsString({ message: 'must be a SCIM attribute path' })
  @Length(1, 300, { message: 'must be a SCIM attribute path' })
  readonly target!: string;

  @ApiProperty({ enum: ['direct', 'constant', 'expression'] })
  @IsIn(['direct', 'constant', 'expression'], mustBe('direct', 'constant', 'expression'))
  readonly type!: 'direct' | 'constant' | 'expression';

  @ApiPropertyOptional({ example: 'department', description: 'For direct: an attribute of the identity' })
  @IsOptional()
  @IsString({ message: 'must name an attribute of the identity' })
  readonly source?: string;

  @ApiPropertyOptional({ description: 'For constant' })
  @IsOptional()
  @IsAnyJson()
  readonly value?: unknown;

  @ApiPropertyOptional({
    description: "For expression: in the language of Entra's attribute mappings",
    example: 'Join(".", [givenName], [familyName])',
  })
  @IsOptional()
  @IsString({ message: 'must be an expression as text' })
  readonly expression?: string;

  @ApiPropertyOptional({ description: 'Value if the source or the expression has none' })
  @IsOptional()
  @IsAnyJson()
  readonly default?: unknown;

  @ApiPropertyOptional({
    enum: ['clear', 'ignore'],
    default: 'clear',
    description: 'Without a value and a default: clear the attribute, or leave it as it is',
  })
  @IsOptional()
  @IsIn(['clear', 'ignore'], mustBe('clear', 'ignore'))
  readonly onNull?: 'clear' | 'ignore';

  @ApiPropertyOptional({ enum: ['always', 'create-only'], default: 'always' })
  @IsOptional()
  @IsIn(['always', 'create-only'], mustBe('always', 'create-only'))
  readonly apply?: 'always' | 'create-only';

  @ApiPropertyOptional({
    enum: ['always', 'only-if-empty'],
    default: 'always',
    description: 'only-if-empty: written at creation, and later where the application has no value; never cleared',
  })
  @IsOptional()
  @IsIn(['always', 'only-if-empty'], mustBe('always', 'only-if-empty'))
  readonly strength?: 'always' | 'only-if-empty';
}

export class MappingTestDto {
  @ApiProperty({ example: 'A name with an umlaut' })
  @IsFilledText(200)
  readonly name!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Attributes of an invented person, by the names of mapping sources',
    example: { givenName: 'Zoë', familyName: 'Öz' },
  })
  @IsObject({ message: 'must be an object with attributes of a person' })
  readonly attributes!: Readonly<Record<string, unknown>>;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What each target must get; null for nothing',
    example: { nickName: 'zoz' },
  })
  @IsObject({ message: 'must be an object with a value for each target' })
  readonly expect!: Readonly<Record<string, unknown>>;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    default: '2026-01-01T00:00:00.000Z',
    description: 'The time for expressions that ask for it',
  })
  @IsOptional()
  @IsInstant()
  readonly now?: string;
}

export class MatchingRuleDto {
  @ApiProperty({ example: 'emails[type eq "work"].value', description: 'Attribute of the account' })
  @IsString({ message: 'must be a SCIM attribute path' })
  @Length(1, 300, { message: 'must be a SCIM attribute path' })
  readonly target!: string;

  @ApiProperty({ example: 'email', description: 'Attribute of the identity' })
  @IsString({ message: 'must name an attribute of the identity' })
  readonly source!: string;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 100,
    description: 'The lowest goes first. Default: the order of the list',
  })
  @IsOptional()
  @IsInt({ message: 'must be a whole number from 1 to 100' })
  @Min(1, { message: 'must be a whole number from 1 to 100' })
  @Max(100, { message: 'must be a whole number from 1 to 100' })
  readonly precedence?: number;
}

export class PullRuleDto {
  @ApiProperty({
    example: 'emails[type eq "work"].value',
    description: 'Attribute of the account, or id for the application’s own id of it',
  })
  @IsString({ message: 'must be a SCIM attribute path, or id' })
  @Length(1, 300, { message: 'must be a SCIM attribute path, or id' })
  readonly target!: string;

  @ApiProperty({ example: 'email', description: 'Attribute of the identity: email, or custom.NAME' })
  @Matches(/^(email|custom\.[A-Za-z][A-Za-z0-9_-]{0,62})$/, { message: 'must be email or custom.NAME' })
  readonly attribute!: string;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 100,
    default: 100,
    description: 'Which of several sources counts: the lowest. What HR states has 50',
  })
  @IsOptional()
  @IsInt({ message: 'must be a whole number from 1 to 100' })
  @Min(1, { message: 'must be a whole number from 1 to 100' })
  @Max(100, { message: 'must be a whole number from 1 to 100' })
  readonly precedence?: number;
}

/** What is pulled from an application. */
export function PullList(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: [PullRuleDto],
      description:
        'What the application makes (a mailbox, an id) becomes an attribute of the identity, which other connectors may use. It is read once, when the account is as desired',
    }),
    IsOptional(),
    IsArray({ message: 'must be a list of rules' }),
    ArrayMaxSize(20, { message: 'must have at most 20 rules' }),
    ValidateNested({ each: true }),
    Type(() => PullRuleDto),
  );
}

/** The rules by which accounts that are there already are found. */
export function MatchingList(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: [MatchingRuleDto],
      nullable: true,
      description:
        'By what the account of a person is found that is there already. The account that carries the id of the identity as externalId goes first; then one account with the value of a rule is linked, and several are parked for a person. Without rules an account with the userName alone is linked only if the hub began to make it',
    }),
    IsOptional(),
    IsArray({ message: 'must be a list of rules' }),
    ArrayMaxSize(10, { message: 'must have at most 10 rules' }),
    ValidateNested({ each: true }),
    Type(() => MatchingRuleDto),
  );
}

/** A mapping has the same bounds wherever it is stated. */
export function MappingList(description?: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: [MappingEntryDto], ...(description === undefined ? {} : { description }) }),
    IsOptional(),
    IsArray({ message: 'must be a list of mapping entries' }),
    ArrayMaxSize(200, { message: 'must have at most 200 entries' }),
    ValidateNested({ each: true }),
    Type(() => MappingEntryDto),
  );
}

const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const domain = new RegExp(`^${label}(\\.${label}){1,10}$`);

/** A domain, wherever one is stated. */
export function DefaultDomain(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: String,
      nullable: true,
      example: 'corp.example',
      description: 'What DefaultDomain() gives in an expression',
    }),
    IsOptional(),
    Matches(domain, { message: 'must be a domain, for example corp.example' }),
  );
}

/** A filter over people, wherever it is stated. */
export function ScopeFilter(description: string): PropertyDecorator {
  const example = 'department eq "Sales" and not (employmentType eq "contractor")';
  return applyDecorators(
    ApiPropertyOptional({ type: String, nullable: true, example, description }),
    IsOptional(),
    IsString({ message: 'must be a SCIM filter as text' }),
    Length(1, 16_384, { message: 'must be a SCIM filter' }),
  );
}
