import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';

/** How far a discovery goes. */
export class DiscoverDto {
  @ApiPropertyOptional({
    default: false,
    description: 'Make a marked user and group, change them and remove them again',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly write?: boolean;
}
