import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsNumber, IsOptional, IsString, Length, Max, Min } from 'class-validator';

const mustBeRate = { message: 'must be a number from 0.01 to 10000, or null' };

export class LimitsDto {
  @ApiPropertyOptional({
    minimum: 1,
    maximum: 32,
    default: 32,
    description: 'Maximum of calls at the same time; the hub adapts the number below it',
  })
  @IsOptional()
  @IsInt({ message: 'must be a whole number from 1 to 32' })
  @Min(1, { message: 'must be a whole number from 1 to 32' })
  @Max(32, { message: 'must be a whole number from 1 to 32' })
  readonly concurrency?: number;

  @ApiPropertyOptional({
    minimum: 0.01,
    maximum: 10_000,
    description: 'Maximum of calls per second, all together. The profile may say less',
  })
  @IsOptional()
  @IsNumber({}, mustBeRate)
  @Min(0.01, mustBeRate)
  @Max(10_000, mustBeRate)
  readonly requestsPerSecond?: number | null;

  @ApiPropertyOptional({
    enum: ['auto', 'off'],
    default: 'auto',
    description:
      'auto: changes that are wanted at once go in one Bulk request where the profile has bulk and the number of requests is limited: without a limit single calls are faster, and their answers show more',
  })
  @IsOptional()
  @IsIn(['auto', 'off'], { message: 'must be auto or off' })
  readonly bulk?: 'auto' | 'off';
}

const wait = (most: number) => ({ message: `must be a number of seconds from 0.1 to ${most}` });
const mustBeAttempts = { message: 'must be a whole number from 1 to 100' };

export class RetryDto {
  @ApiPropertyOptional({ minimum: 0.1, maximum: 60, default: 1, description: 'Wait before the second attempt' })
  @IsOptional()
  @IsNumber({}, wait(60))
  @Min(0.1, wait(60))
  @Max(60, wait(60))
  readonly firstSeconds?: number;

  @ApiPropertyOptional({ minimum: 0.1, maximum: 3_600, default: 60, description: 'The wait doubles up to this' })
  @IsOptional()
  @IsNumber({}, wait(3_600))
  @Min(0.1, wait(3_600))
  @Max(3_600, wait(3_600))
  readonly mostSeconds?: number;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 100,
    default: 8,
    description: 'Attempts after which a person must look, if the application serves others in the meantime',
  })
  @IsOptional()
  @IsInt(mustBeAttempts)
  @Min(1, mustBeAttempts)
  @Max(100, mustBeAttempts)
  readonly attempts?: number;
}

const mustBePeople = { message: 'must be a whole number from 1 to 1000000' };
const mustBeShare = { message: 'must be a number from 0 to 100' };

const mustBeMinutes = { message: 'must be a whole number of minutes from 1 to 10080' };

/** When a connector gives nobody anything any more, until a few accounts can be given it again. */
export class QuarantineDto {
  @ApiPropertyOptional({
    minimum: 1,
    maximum: 1_000_000,
    default: 100,
    description:
      'From so many accounts on that the application refused in a day. Answers 429 and 5xx and lost answers do not count',
  })
  @IsOptional()
  @IsInt(mustBePeople)
  @Min(1, mustBePeople)
  @Max(1_000_000, mustBePeople)
  readonly failures?: number;

  @ApiPropertyOptional({
    minimum: 0,
    maximum: 100,
    default: 40,
    description: 'If they are more than this share of the accounts tried in that day. 100: never',
  })
  @IsOptional()
  @IsNumber({}, mustBeShare)
  @Min(0, mustBeShare)
  @Max(100, mustBeShare)
  readonly percent?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 10_080, default: 15, description: 'Then five accounts try it' })
  @IsOptional()
  @IsInt(mustBeMinutes)
  @Min(1, mustBeMinutes)
  @Max(10_080, mustBeMinutes)
  readonly firstProbeMinutes?: number;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 10_080,
    default: 1_440,
    description: 'The wait doubles with each probe that fails, up to this',
  })
  @IsOptional()
  @IsInt(mustBeMinutes)
  @Min(1, mustBeMinutes)
  @Max(10_080, mustBeMinutes)
  readonly mostProbeMinutes?: number;
}

/** How many accounts the connector may take away in an hour without a person. */
export class AccidentalDeletionThresholdDto {
  @ApiPropertyOptional({ minimum: 1, maximum: 1_000_000, default: 500, description: 'Never more than these' })
  @IsOptional()
  @IsInt(mustBePeople)
  @Min(1, mustBePeople)
  @Max(1_000_000, mustBePeople)
  readonly people?: number;

  @ApiPropertyOptional({ minimum: 0, maximum: 100, default: 5, description: 'Otherwise this share of the active ones' })
  @IsOptional()
  @IsNumber({}, mustBeShare)
  @Min(0, mustBeShare)
  @Max(100, mustBeShare)
  readonly percent?: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 1_000_000, default: 10, description: 'And at least so many' })
  @IsOptional()
  @IsInt(mustBePeople)
  @Min(1, mustBePeople)
  @Max(1_000_000, mustBePeople)
  readonly least?: number;
}

/** How calls leave, where that is not the usual way. */
export class EgressDto {
  @ApiPropertyOptional({
    example: 'http://proxy.corp.example:3128',
    description: 'A proxy that connects to the application. Its address must be one that connectors may call',
  })
  @IsOptional()
  @IsString({ message: 'must be an address such as http://proxy.corp.example:3128' })
  @Length(1, 500, { message: 'must have 1 to 500 characters' })
  readonly proxy?: string;

  @ApiPropertyOptional({
    example: 'file:ca.pem',
    description: 'The certificate of an authority that is trusted besides the public ones: file:NAME, or PEM itself',
  })
  @IsOptional()
  @IsString({ message: 'must be file:NAME, or a certificate as PEM' })
  @Length(1, 65_536, { message: 'must have 1 to 65536 characters' })
  readonly ca?: string;
}
