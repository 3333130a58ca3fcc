import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsOptional, IsString } from 'class-validator';

const mostProtected = 1_000;

/** What the hub never changes in an application. */
export class ProtectedDto {
  @ApiPropertyOptional({ type: [String], description: 'Ids or user names' })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(mostProtected, { message: 'must have at most 1000 entries' })
  @IsString({ each: true, message: 'must be a list of ids or user names' })
  readonly accounts?: string[] | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'userName sw "break-glass"' })
  @IsOptional()
  @IsString({ message: 'must be a filter' })
  readonly accountFilter?: string | null;

  @ApiPropertyOptional({ type: [String], description: 'Ids or names' })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(mostProtected, { message: 'must have at most 1000 entries' })
  @IsString({ each: true, message: 'must be a list of ids or names' })
  readonly groups?: string[] | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'displayName sw "All "' })
  @IsOptional()
  @IsString({ message: 'must be a filter' })
  readonly groupFilter?: string | null;
}
