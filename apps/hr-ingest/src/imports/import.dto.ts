import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

/** Query of `POST /hr/v1/imports`. */
export class ImportQuery {
  @ApiProperty({
    enum: ['delta', 'full'],
    description:
      '`delta`: rows state changes, absent workers stay. `full`: the file names everybody of its population. People who are not in it are missing; after two complete files without them their access ends.',
  })
  @IsIn(['delta', 'full'], { message: 'must be delta or full' })
  readonly mode!: 'delta' | 'full';

  @ApiPropertyOptional({
    description:
      'With `mode=full`: whom the file is about, a SCIM filter over workers; else of all that its source stated',
    example: 'company eq "Leeds Ltd"',
  })
  @IsOptional()
  @IsString({ message: 'must be a SCIM filter expression' })
  @MaxLength(4000, { message: 'must be at most 4000 characters' })
  readonly population?: string;
}

/** Body of `POST /hr/v1/imports/{id}/release`. */
export class ReleaseImportInput {
  @ApiPropertyOptional({
    description: 'The reason. Required for a held import; the audit log keeps it',
    example: 'The Leeds office closed on Friday',
  })
  @IsOptional()
  @IsFilledText(2000)
  readonly reason?: string | null;

  @ApiPropertyOptional({
    description: 'Only these people; the others stay held, row by row. Default: the whole import',
    type: [String],
    example: ['1001', '1002'],
  })
  @IsOptional()
  @IsArray({ message: 'must be a list of employeeIds' })
  @ArrayMinSize(1, { message: 'must name at least one person, or be left out' })
  @ArrayMaxSize(10_000, { message: 'must name at most 10000 people' })
  @IsString({ each: true, message: 'must be a list of employeeIds' })
  readonly employeeIds?: readonly string[] | null;
}

/** Body of `POST /hr/v1/imports/{id}/cancel`. */
export class CancelImportInput {
  @ApiPropertyOptional({ description: 'The reason. Required for a held import', example: 'A wrong file' })
  @IsOptional()
  @IsFilledText(2000)
  readonly reason?: string | null;
}
