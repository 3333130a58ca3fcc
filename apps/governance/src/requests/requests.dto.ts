import { ApiProperty, ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { administratorsId } from '../policy/policy.exports.js';
import { PageQuery } from '#libs/service-kit/input/page.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { IsInstant } from '#libs/service-kit/input/instant.js';

export class SubmitRequestDto {
  @ApiProperty({ example: 'wiki-editors' })
  @Matches(administratorsId, { message: 'must be the id of an access package' })
  readonly packageId!: string;

  @ApiPropertyOptional({ type: String, description: 'Identity id. Default: the caller' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of an identity (UUID)' })
  readonly beneficiaryId?: string | null;

  @ApiPropertyOptional({
    type: String,
    example: 'I keep the handbook up to date',
    description: 'Required unless the package says otherwise',
  })
  @IsOptional()
  @IsFilledText(2000)
  readonly justification?: string | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Start of the access. Default: the approval' })
  @IsOptional()
  @IsInstant()
  readonly startsAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description:
      'The first instant without the access, within maxDuration of the package. Default: as late as that allows',
  })
  @IsOptional()
  @IsInstant()
  readonly endsAt?: string | null;
}

export class RequestableQuery extends PickType(PageQuery, ['limit', 'cursor']) {
  @ApiPropertyOptional({ type: String, description: 'Identity id of the beneficiary. Default: the caller' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of an identity (UUID)' })
  readonly beneficiaryId?: string;
}

export class ReassignRequestDto {
  @ApiProperty({ type: [String], description: 'Identity ids of the new approvers' })
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least one approver' })
  @ArrayMaxSize(20)
  @IsUUID('all', { each: true, message: 'must hold identity ids (UUIDs)' })
  readonly approvers!: string[];

  @ApiProperty({ example: 'The manager has left' })
  @IsFilledText(2000)
  readonly reason!: string;
}

export class DecisionDto {
  @ApiProperty({ enum: ['approve', 'deny'] })
  @IsIn(['approve', 'deny'], { message: 'must be approve or deny' })
  readonly decision!: 'approve' | 'deny';

  @ApiPropertyOptional({ type: String, example: 'Fine, she writes the handbook' })
  @IsOptional()
  @IsFilledText(2000)
  readonly comment?: string | null;
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'With approve: another end of the access, within maxDuration of the package',
  })
  @IsOptional()
  @IsInstant()
  readonly endsAt?: string | null;
}

export class ExtendAssignmentDto extends PickType(SubmitRequestDto, ['justification']) {
  @ApiProperty({ type: String, format: 'date-time', description: 'The new end, after the present one' })
  @IsInstant()
  readonly endsAt!: string;
}
