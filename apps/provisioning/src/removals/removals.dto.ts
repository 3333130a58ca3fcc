import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsUUID } from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

export class RemovalsReleaseDto {
  @ApiProperty({ description: 'Why they may go on; the audit log keeps it', example: 'The branch in Graz closes' })
  @IsFilledText(2000)
  readonly reason!: string;

  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    description: 'Only the removals of these identities; all that are held unless given',
  })
  @IsOptional()
  @IsArray({ message: 'must be a list of ids of identities' })
  @ArrayMinSize(1, { message: 'must name at least one identity' })
  @ArrayMaxSize(500, { message: 'must name at most 500 identities' })
  @IsUUID(undefined, { each: true, message: 'must be ids of identities' })
  readonly identities?: readonly string[] | null;
}
