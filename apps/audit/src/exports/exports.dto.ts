import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDefined, IsObject, IsOptional, IsUUID, Matches, ValidateNested } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { NotServedYet } from '#libs/service-kit/input/not-served-yet.js';

export class ExportScopeDto {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: "must be an identity's id (a UUID)" })
  readonly identity?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: "must be an application's id" })
  readonly application?: string;

  @NotServedYet('export an application or an identity')
  readonly package?: string;
}

export class ExportDto {
  @ApiProperty({
    description: 'One of identity and application',
    type: ExportScopeDto,
    example: { application: 'chat' },
  })
  @IsDefined({ message: 'must name an identity or an application' })
  @IsObject({ message: 'must name an identity or an application' })
  @ValidateNested()
  @Type(() => ExportScopeDto)
  readonly scope!: ExportScopeDto;

  @ApiProperty({ format: 'date-time', example: '2026-01-01T00:00:00Z' })
  @IsInstant()
  readonly from!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-31T23:59:59Z' })
  @IsInstant()
  readonly to!: string;
}
