import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { administratorsId } from '../policy/policy.exports.js';

export class AssignDto {
  @ApiProperty({ example: 'wiki-editors' })
  @Matches(administratorsId, { message: 'must be the id of an access package' })
  readonly packageId!: string;

  @ApiPropertyOptional({
    enum: ['direct', 'just-in-time', 'break-glass'],
    default: 'direct',
    description:
      'direct: an owner of the package, or a policy administrator, assigns it to somebody else. just-in-time: the caller activates it for as long as justInTime of the package allows. break-glass: the caller takes it in an emergency, for as long as breakGlass allows, and an owner reviews it after',
  })
  @IsOptional()
  @IsIn(['direct', 'just-in-time', 'break-glass'])
  readonly type?: 'direct' | 'just-in-time' | 'break-glass' | null;

  @ApiPropertyOptional({ type: String, description: 'Identity id. Default: the caller' })
  @IsOptional()
  @IsUUID('all', { message: 'must be the id of an identity (UUID)' })
  readonly identityId?: string | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Default: now' })
  @IsOptional()
  @IsInstant()
  readonly startsAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    description: 'The first instant without the access. Default: as late as the package allows',
  })
  @IsOptional()
  @IsInstant()
  readonly endsAt?: string | null;

  @ApiProperty({ example: 'Covers for a colleague' })
  @IsFilledText(2000)
  readonly reason!: string;
}

export class ReviewEmergencyDto {
  @ApiProperty({ enum: ['justified', 'unjustified'] })
  @IsIn(['justified', 'unjustified'])
  readonly outcome!: 'justified' | 'unjustified';

  @ApiProperty({ example: 'The payment run had failed at night' })
  @IsFilledText(2000)
  readonly comment!: string;
}
