import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Min } from 'class-validator';
import { IsFilledText } from '#libs/service-kit/input/validation.js';

const aVersion = { message: 'must be the version of the package, a whole number from 1' };

export class ReleaseVersionDto {
  @ApiProperty({ example: 3, description: 'The newest version of the package, as it was looked at' })
  @IsInt(aVersion)
  @Min(1, aVersion)
  readonly version!: number;

  @ApiPropertyOptional({ type: String, example: 'The team needs the build server' })
  @IsOptional()
  @IsFilledText(2000)
  readonly reason?: string | null;
}

export class ReleaseQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'true: nothing is done; the answer says who would gain what, and to whom it would be refused',
  })
  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  readonly dryRun?: 'true' | 'false';
}
