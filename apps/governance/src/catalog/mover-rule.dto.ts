import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Max, Min, ValidateNested } from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { type MoveAttribute, moveAttributes } from '../policy/policy.exports.js';
import { aNumberOfDays, maxGraceDays } from './catalog-rules.input.js';

export class RenamingDto {
  @ApiProperty({ enum: moveAttributes, example: 'department' })
  @IsIn(moveAttributes)
  readonly attribute!: MoveAttribute;

  @ApiProperty({ example: 'Sales' })
  @IsFilledText(200)
  readonly from!: string;

  @ApiProperty({ example: 'Customer relations' })
  @IsFilledText(200)
  readonly to!: string;
}

@ApiExtraModels(RenamingDto)
export class MoverRuleDto {
  @ApiProperty({ example: 'The new manager looks at what people keep' })
  @IsFilledText(200)
  readonly displayName!: string;

  @ApiPropertyOptional({
    type: String,
    example: 'department eq "Finance"',
    description: 'SCIM filter over people as they are after the move. Absent: everybody',
  })
  @IsOptional()
  @IsString()
  readonly filter?: string | null;

  @ApiProperty({
    enum: ['keep', 'review', 'end'],
    description:
      'What becomes of access that was requested or assigned. review: the new manager keeps, shortens or drops each assignment within `days`; no answer ends it. end: it ends after `days`, for a handover',
  })
  @IsIn(['keep', 'review', 'end'])
  readonly requestedAccess!: 'keep' | 'review' | 'end';

  @ApiPropertyOptional({ type: Number, default: 14, maximum: maxGraceDays })
  @IsOptional()
  @IsInt(aNumberOfDays)
  @Min(0, aNumberOfDays)
  @Max(maxGraceDays, aNumberOfDays)
  readonly days?: number | null;

  @ApiPropertyOptional({
    type: [RenamingDto],
    default: [],
    description:
      'Names that a reorganisation changed: who has the one and then the other has not moved. The renamings of all rules hold together',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => RenamingDto)
  readonly renames?: RenamingDto[] | null;

  @ShownOnly()
  readonly id?: unknown;
  @ShownOnly()
  readonly version?: unknown;
}
