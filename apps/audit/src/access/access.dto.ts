import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { IsInstant } from '#libs/service-kit/input/instant.js';
import { PageQuery } from '#libs/service-kit/input/page.js';
import { type Basis, bases } from './steps.js';

export class TimelineQuery extends OmitType(PageQuery, ['filter']) {
  @ApiPropertyOptional({
    description: 'Only with what the log knew at this instant. Default: with everything that it knows',
    format: 'date-time',
  })
  @IsOptional()
  @IsInstant()
  readonly knownAt?: string;
}

export class AccessQueryDto extends TimelineQuery {
  @ApiPropertyOptional({ description: "The application's id" })
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: "must be an application's id" })
  readonly application?: string;

  @ApiPropertyOptional({ description: 'The identity', format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: "must be an identity's id (a UUID)" })
  readonly identity?: string;

  @ApiPropertyOptional({ description: 'Who had access at this instant. Default: now', format: 'date-time' })
  @IsOptional()
  @IsInstant()
  readonly at?: string;

  @ApiPropertyOptional({
    enum: bases,
    default: 'possible',
    description:
      'decided: as governance decided; possible: from the first call that could have taken effect until its removal is verified; ' +
      'observed: from the reading that showed it first to the first one that did not; sinceUnknown: it was there before the first reading',
  })
  @IsOptional()
  @IsIn(bases, { message: 'must be decided, possible or observed' })
  readonly basis: Basis = 'possible';

  @ApiPropertyOptional({ description: 'Also list accounts that are verified as disabled', default: false })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'must be true or false' })
  readonly includeDisabled: boolean = false;
}
