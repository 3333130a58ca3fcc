import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsArray, IsBoolean, IsIn, IsOptional } from 'class-validator';
import { sensitiveSources } from '../accounts/accounts.exports.js';
import { DefaultDomain, type MappingEntryDto, MappingList, ScopeFilter } from './mapping.dto.js';

/** A mapping and a scope in place of those of a connector. */
export class TriedMappingDto {
  @MappingList("Instead of the connector's own")
  readonly mapping?: MappingEntryDto[];

  @ApiPropertyOptional({ type: Boolean, description: "Instead of the connector's own" })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly mappingDefaults?: boolean;

  @ApiPropertyOptional({ type: [String], description: "Instead of the connector's own" })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @IsIn([...sensitiveSources], { each: true, message: `must be one of ${[...sensitiveSources].join(', ')}` })
  readonly sensitive?: string[];

  @DefaultDomain()
  readonly defaultDomain?: string | null;

  @ScopeFilter("Instead of the connector's own")
  readonly scope?: string | null;
}
