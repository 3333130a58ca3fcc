import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { DataClass, Priority, ProvisionedBy } from '#libs/contracts/catalog.js';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsFilledText, mustBe } from '#libs/service-kit/input/validation.js';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { administratorsId } from '../policy/policy.exports.js';
import { aNumberOfDays, anId, maxGraceDays } from './catalog-rules.input.js';
import { DescribedEntitlementDto } from './described-entitlement.dto.js';

const provisioners: ProvisionedBy[] = ['hub', 'identity-provider', 'manual', 'unknown'];
const dataClasses: DataClass[] = ['public', 'internal', 'confidential', 'restricted'];
const priorities: Priority[] = ['low', 'normal', 'high', 'critical'];

const aNumberOfPeople = { message: 'must be a whole number: how many people may lose access' };

/** The confirmation of a change that takes access away. */
export class ConfirmationQuery {
  @ApiPropertyOptional({
    type: Number,
    description:
      'How many people may lose access by this change. If there are more, the answer is 409 with their names',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(aNumberOfPeople)
  @Min(0, aNumberOfPeople)
  readonly confirm?: number;

  @ApiPropertyOptional({ type: String, description: 'The reason, for the audit log' })
  @IsOptional()
  @IsFilledText(2000)
  readonly reason?: string;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'true: nothing is done; the answer says whom the change would give and take what',
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly dryRun?: 'true' | 'false';
}

export class ApplicationDto {
  @ApiProperty({ example: 'Wiki' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiPropertyOptional({
    type: String,
    description: 'The connector that serves it, and nothing else. Required where the hub provisions it',
    example: 'wiki',
  })
  @IsOptional()
  @Matches(administratorsId, anId)
  readonly connectorId?: string | null;

  @ApiPropertyOptional({
    enum: provisioners,
    default: 'hub',
    description:
      'Who gives and takes its access. Where that is not the hub, deliveries are manual until an owner of the application confirms them',
  })
  @IsOptional()
  @IsIn(provisioners, mustBe(...provisioners))
  readonly provisionedBy?: ProvisionedBy | null;

  @ApiPropertyOptional({ type: String, example: 'eu', description: 'Where its data lies' })
  @IsOptional()
  @IsFilledText(100)
  readonly region?: string | null;

  @ApiPropertyOptional({ enum: dataClasses, description: 'How its data has to be protected' })
  @IsOptional()
  @IsIn(dataClasses, mustBe(...dataClasses))
  readonly dataClass?: DataClass | null;

  @ApiPropertyOptional({ enum: priorities, default: 'normal' })
  @IsOptional()
  @IsIn(priorities, mustBe(...priorities))
  readonly priority?: Priority | null;

  @ApiPropertyOptional({ type: [DescribedEntitlementDto], default: [], description: 'What is known of what it grants' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => DescribedEntitlementDto)
  readonly entitlements?: DescribedEntitlementDto[] | null;

  @ApiPropertyOptional({
    description: 'Identity ids, or package:<id> for the holders of a package',
    type: [String],
    default: [],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  readonly owners?: unknown[] | null;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly ownerPeople?: unknown;
}

export class BirthrightRuleDto {
  @ApiProperty({ example: 'Everybody has the wiki' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiProperty({ example: 'employmentType ne "contractor"', description: 'SCIM filter over identities' })
  @IsString()
  readonly filter!: string;

  @ApiProperty({ type: [String], example: ['wiki-user'] })
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(administratorsId, { each: true, ...anId })
  readonly packages!: string[];

  @ApiPropertyOptional({
    type: String,
    example: 'Site engineers repair the turbine at any hour',
    description: 'Why it may give entitlements that are privileged. Default: it may not',
  })
  @IsOptional()
  @IsFilledText(2000)
  readonly privilegedException?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description:
      'From when on the rule gives nothing privileged any more: what it gave then ends. Default: the end that the same exception had, else in 90 days',
  })
  @IsOptional()
  @IsInstant()
  readonly privilegedExceptionUntil?: string | null;

  @ApiPropertyOptional({
    type: Number,
    default: 0,
    maximum: maxGraceDays,
    description: 'Days for which who no longer matches keeps what the rule gave',
  })
  @IsOptional()
  @IsInt(aNumberOfDays)
  @Min(0, aNumberOfDays)
  @Max(maxGraceDays, aNumberOfDays)
  readonly graceDays?: number | null;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
  @ShownOnly()
  readonly packageNames?: unknown;
  @ShownOnly()
  readonly job?: unknown;
}
