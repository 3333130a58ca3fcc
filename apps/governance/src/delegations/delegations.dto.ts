import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

const anIdentity = { message: 'must be the id of an identity (UUID)' };

export class DelegationDto {
  @ApiProperty({ description: 'Identity id of the person who decides instead' })
  @IsUUID('all', anIdentity)
  readonly delegateId!: string;

  @ApiPropertyOptional({
    type: String,
    description:
      'Identity id of the person whose decisions are handed over. Default: the caller; another one only for a policy administrator',
  })
  @IsOptional()
  @IsUUID('all', anIdentity)
  readonly delegatorId?: string | null;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Default: now' })
  @IsOptional()
  @IsInstant()
  readonly from?: string | null;

  @ApiProperty({ type: String, format: 'date-time', description: 'The first instant at which it is over' })
  @IsInstant()
  readonly until!: string;

  @ApiProperty({ example: 'I am on holiday' })
  @IsFilledText(2000)
  readonly reason!: string;
}
