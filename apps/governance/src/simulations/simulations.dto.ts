import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Fits } from '#libs/service-kit/input/validation.js';
import { AccessPackageDto, BirthrightRuleDto, SeparationRuleDto } from '../catalog/catalog.exports.js';
import { WorkflowDto } from '../workflows/workflows.exports.js';
import { isWorkerFields, workerFieldsJson, workerFieldsRule } from './worker-fields.js';

/** A package as it might be: the fields of its PUT, and its id. */
export class ProposedPackageDto extends AccessPackageDto {
  @ApiProperty({ type: String, description: 'An existing package, or a new one', example: 'wiki-user' })
  declare readonly id?: unknown;
}

/** A rule as it might be: the fields of its PUT, and its id. */
export class ProposedRuleDto extends BirthrightRuleDto {
  @ApiProperty({ type: String, description: 'An existing rule, or a new one', example: 'everybody' })
  declare readonly id?: unknown;
}

/** A separation rule as it might be: the fields of its PUT, and its id. */
export class ProposedSeparationRuleDto extends SeparationRuleDto {
  @ApiProperty({ type: String, description: 'An existing rule, or a new one', example: 'payers' })
  declare readonly id?: unknown;
}

/** A workflow as it might be: the fields of its PUT, and its id. */
export class ProposedWorkflowDto extends WorkflowDto {
  @ApiProperty({ type: String, description: 'An existing workflow, or a new one', example: 'engineers-begin' })
  declare readonly id?: unknown;
}

const WorkerFields = (): PropertyDecorator => Fits('workerFields', workerFieldsJson, isWorkerFields, workerFieldsRule);

export class HrChangeDto {
  @ApiProperty({ description: 'SCIM filter over identities as they are today', example: 'department eq "Sales"' })
  @IsString()
  readonly filter!: string;

  @ApiPropertyOptional({
    type: Object,
    description: 'Fields of the worker; null clears one',
    example: { department: 'Revenue' },
  })
  @IsOptional()
  @WorkerFields()
  readonly set?: Readonly<Record<string, unknown>> | null;

  @ApiPropertyOptional({ enum: ['active', 'on-leave', 'left'], description: 'Default: as it is' })
  @IsOptional()
  @IsIn(['active', 'on-leave', 'left'])
  readonly status?: 'active' | 'on-leave' | 'left' | null;
}

export class SimulationDto {
  @ApiPropertyOptional({ type: [ProposedPackageDto], default: [] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => ProposedPackageDto)
  readonly accessPackages?: ProposedPackageDto[] | null;

  @ApiPropertyOptional({ type: [ProposedRuleDto], default: [] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => ProposedRuleDto)
  readonly birthrightRules?: ProposedRuleDto[] | null;

  @ApiPropertyOptional({
    type: [HrChangeDto],
    default: [],
    description: 'What HR might state about people who are here',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => HrChangeDto)
  readonly hrChanges?: HrChangeDto[] | null;

  @ApiPropertyOptional({
    type: [Object],
    default: [],
    description: 'Workers who might be hired, with the fields of PUT /hr/v1/workers; dates do not matter',
    example: [{ employeeId: '2001', familyName: 'Hopper', department: 'Engineering' }],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  readonly hires?: unknown[] | null;

  @ApiPropertyOptional({ type: [ProposedSeparationRuleDto], default: [] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => ProposedSeparationRuleDto)
  readonly separationRules?: ProposedSeparationRuleDto[] | null;

  @ApiPropertyOptional({
    type: [ProposedWorkflowDto],
    default: [],
    description:
      'What they do to people who are hired, moved or leave in this simulation, once all their days have come',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => ProposedWorkflowDto)
  readonly workflows?: ProposedWorkflowDto[] | null;
}
