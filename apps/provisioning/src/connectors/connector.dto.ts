import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { ShownOnly } from '#libs/service-kit/input/shown-only.js';
import { Fits, mustBe } from '#libs/service-kit/input/validation.js';
import { profileNames, switchSchemas } from '../targets/targets.exports.js';
import { protocols, type Protocol } from './connector-document.js';
import { type ReconcileDto, ReconcileField, type WindowDto, WindowField } from './connector-readings.dto.js';
import { ProtectedDto } from './connector-protection.dto.js';
import { sensitiveSources } from '../accounts/accounts.exports.js';
import {
  AccidentalDeletionThresholdDto,
  EgressDto,
  LimitsDto,
  QuarantineDto,
  RetryDto,
} from './connector-calls.dto.js';
import { AccountFileDto, Part, TaskTimesDto } from './connector-tasks.dto.js';
import { type NonPersonDto, NonPersonList } from './non-person.dto.js';
import {
  DefaultDomain,
  type MappingEntryDto,
  MappingList,
  MappingTestDto,
  MatchingList,
  type MatchingRuleDto,
  PullList,
  type PullRuleDto,
  ScopeFilter,
} from './mapping.dto.js';

export class GroupsDto {
  @ApiPropertyOptional({
    enum: ['by-name', 'by-id'],
    default: 'by-name',
    description: 'by-id: packages name groups and roles by the ids that the application gives them',
  })
  @IsOptional()
  @IsIn(['by-name', 'by-id'], mustBe('by-name', 'by-id'))
  readonly mode?: 'by-name' | 'by-id';

  @ApiPropertyOptional({
    description: 'Create groups that do not exist: true unless given, and false in mode by-id',
  })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly create?: boolean;
}

export class DeprovisionDto {
  @ApiPropertyOptional({ enum: ['disable', 'delete', 'keep'], default: 'disable' })
  @IsOptional()
  @IsIn(['disable', 'delete', 'keep'], mustBe('disable', 'delete', 'keep'))
  readonly onUnassign?: 'disable' | 'delete' | 'keep';

  @ApiPropertyOptional({ enum: ['disable', 'delete'], default: 'disable' })
  @IsOptional()
  @IsIn(['disable', 'delete'], mustBe('disable', 'delete'))
  readonly onLeave?: 'disable' | 'delete';

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'P30D',
    description:
      'ISO 8601 duration. The account is disabled first, whether onLeave and onUnassign say disable or delete, and deleted when it has been disabled for that long; who comes back before that gets it back. An account that onUnassign keeps stays',
  })
  @IsOptional()
  @IsString({ message: 'must be an ISO 8601 duration, for example P30D' })
  readonly deleteAfter?: string | null;
}

const text = { type: 'string', minLength: 1 } as const;
const secret = {
  oneOf: [
    { ...text, description: '`env:NAME`, `file:PATH` or the secret itself' },
    { type: 'object', description: 'Keep the stored secret', required: ['set'], properties: { set: { enum: [true] } } },
    { type: 'null', description: 'Keep the stored secret' },
  ],
};
const optionalText = { oneOf: [text, { type: 'null' }] };

/** One way to authenticate, and its fields. Those of secrets may be left out where they are stored already. */
const authShape = (
  type: string,
  plain: readonly string[],
  secrets: readonly string[],
  optional: readonly string[] = [],
) => ({
  type: 'object',
  required: ['type', ...plain],
  additionalProperties: false,
  properties: {
    type: { type: 'string', enum: [type] },
    ...Object.fromEntries(plain.map((name) => [name, text])),
    ...Object.fromEntries(secrets.map((name) => [name, secret])),
    ...Object.fromEntries([...optional, 'expiresAt'].map((name) => [name, optionalText])),
  },
});

const profileJson = {
  oneOf: [
    { type: 'string', enum: profileNames },
    {
      type: 'object',
      required: ['template'],
      additionalProperties: false,
      properties: {
        template: { type: 'string', enum: profileNames },
        switches: { type: 'object', additionalProperties: false, properties: switchSchemas },
      },
    },
  ],
};

/** Switches are checked one by one where the document is. */
const namesProfile = (value: unknown): boolean =>
  profileNames.includes(
    typeof value === 'object' && value !== null && 'template' in value ? (value.template as string) : (value as string),
  );

/** The connector document as an administrator states it (design §9). Only protocol is required, and baseUrl and auth of an API. */
export class ConnectorDto {
  @ApiPropertyOptional({ example: 'Wiki' })
  @IsOptional()
  @IsString({ message: 'must be a name' })
  @Length(1, 200, { message: 'must have 1 to 200 characters' })
  readonly displayName?: string;

  @ApiPropertyOptional({
    enum: ['observe', 'enforce'],
    default: 'observe',
    description: 'Required for a connector that enforces',
  })
  @IsOptional()
  @IsIn(['observe', 'enforce'], mustBe('observe', 'enforce'))
  readonly mode?: 'observe' | 'enforce';

  @ApiProperty({
    enum: protocols,
    description:
      'rest: the API that `rest` describes. webhook: people make each change; a program gets each as a signed webhook, or, without baseUrl, the owners of the application get a notice. file: besides, an owner says in a file which accounts there are',
  })
  @IsIn([...protocols], {
    message: 'must be scim2, scim1, rest, webhook or file: other protocols are not served yet',
  })
  readonly protocol!: Protocol;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'https://wiki.example/scim/v2',
    description: 'Required but for webhook and file',
  })
  @IsOptional()
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['https', 'http'], disallow_auth: true },
    { message: 'must be an https address without credentials' },
  )
  @Matches(/^[^?#]*$/, { message: 'must have no query and no fragment: paths are added to it' })
  readonly baseUrl?: string | null;

  @ApiPropertyOptional({
    oneOf: [
      authShape('bearer', [], ['token']),
      authShape('basic', ['username'], ['password']),
      authShape('api-key', ['header'], ['key']),
      authShape('oauth2-client-credentials', ['tokenUrl', 'clientId'], ['clientSecret'], ['scope']),
      authShape('mtls', [], ['cert', 'key']),
      authShape('standard-webhooks', [], ['secret']),
      authShape('none', [], []),
    ],
    example: { type: 'bearer', token: 'env:CONNECTOR_WIKI__TOKEN' },
    description:
      "Secrets as env:CONNECTOR_<ID>__<NAME>, as file:NAME in the connector's folder of the secrets directory, or a literal, which is encrypted and never shown",
  })
  @IsOptional()
  @IsObject({ message: 'must be an object with a type' })
  readonly auth?: Readonly<Record<string, unknown>> | null;

  @ApiPropertyOptional({
    example: 'generic',
    description:
      'How the application speaks SCIM: a template of GET /v1/profiles, with switches of its own where it differs',
  })
  @IsOptional()
  @Fits('profile', profileJson, namesProfile, `must be one of ${profileNames.join(', ')}, or {template, switches}`)
  readonly profile?: unknown;

  @MappingList()
  readonly mapping?: MappingEntryDto[];

  @ApiPropertyOptional({ default: true })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly mappingDefaults?: boolean;

  @ApiPropertyOptional({
    type: [MappingTestDto],
    description: 'Run whenever the connector is defined: a document whose mapping fails one is refused',
  })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayMaxSize(200, { message: 'must have at most 200 tests' })
  @ValidateNested({ each: true })
  @Type(() => MappingTestDto)
  readonly mappingTests?: MappingTestDto[];

  @DefaultDomain()
  readonly defaultDomain?: string | null;

  @ApiPropertyOptional({
    type: [String],
    example: ['birthDate'],
    description: 'Sensitive attributes that the application may receive. A mapping that reads another one is refused',
  })
  @IsOptional()
  @IsArray({ message: 'must be a list' })
  @ArrayUnique()
  @IsIn([...sensitiveSources], { each: true, ...mustBe(...sensitiveSources) })
  readonly sensitive?: string[];

  @MatchingList()
  readonly matching?: MatchingRuleDto[] | null;

  @NonPersonList()
  readonly nonPersons?: NonPersonDto[] | null;

  @PullList()
  readonly pull?: PullRuleDto[];

  @ScopeFilter(
    'SCIM filter over the attributes of the identity, status, packages, groups and roles. Only people who match it get accounts; the account of somebody who does not match any more is taken away as `deprovision.onUnassign` says',
  )
  readonly scope?: string | null;

  @ApiPropertyOptional({ type: GroupsDto })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => GroupsDto)
  readonly groups?: GroupsDto;

  @ApiPropertyOptional({ type: DeprovisionDto })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => DeprovisionDto)
  readonly deprovision?: DeprovisionDto;

  @ApiPropertyOptional({ enum: ['strip', 'keep'], default: 'strip' })
  @IsOptional()
  @IsIn(['strip', 'keep'], mustBe('strip', 'keep'))
  readonly onDisable?: 'strip' | 'keep';

  @ApiPropertyOptional({ type: LimitsDto })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => LimitsDto)
  readonly limits?: LimitsDto;

  @ApiPropertyOptional({ type: EgressDto })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => EgressDto)
  readonly egress?: EgressDto;

  @Part(RetryDto, 'How often, and after which waits, an account is tried again')
  readonly retry?: RetryDto;

  @ApiPropertyOptional({ type: AccidentalDeletionThresholdDto })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => AccidentalDeletionThresholdDto)
  readonly accidentalDeletionThreshold?: AccidentalDeletionThresholdDto;

  @Part(TaskTimesDto, 'Of changes that people make')
  readonly tasks?: TaskTimesDto;

  @Part(AccountFileDto, 'How a list of accounts is read; required for file')
  readonly file?: AccountFileDto | null;

  @ShownOnly() readonly id?: unknown;
  @ShownOnly() readonly version?: unknown;
  @ShownOnly() readonly status?: unknown;
  @ShownOnly() readonly pilot?: unknown;
  @ShownOnly() readonly authoritative?: unknown;
  @ShownOnly() readonly health?: unknown;
  @ShownOnly() readonly applications?: unknown;
  @ShownOnly() readonly place?: unknown;
  @ShownOnly() readonly coverage?: unknown;
  @ShownOnly() readonly credentials?: unknown;
  @ShownOnly() readonly job?: unknown;

  @ApiPropertyOptional({
    type: ProtectedDto,
    description: 'Accounts and groups that the hub never changes: dynamic, built-in, break-glass, its own',
  })
  @IsOptional()
  @IsObject({ message: 'must be an object' })
  @ValidateNested()
  @Type(() => ProtectedDto)
  readonly protected?: ProtectedDto | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'docs/writing-a-connector.md' })
  @IsOptional()
  @IsObject({ message: 'must be an object: docs/writing-a-connector.md describes it' })
  readonly rest?: Readonly<Record<string, unknown>> | null;
  @Part(QuarantineDto, 'When the application refuses a large share of the accounts, nobody is given anything')
  readonly quarantine?: QuarantineDto;

  @ReconcileField()
  readonly reconcile?: ReconcileDto;

  @WindowField()
  readonly window?: WindowDto | null;
}

/** Id of a connector as administrators choose it. */
export const connectorIdRule = /^[a-z0-9][a-z0-9-]{0,62}$/;

export class ConnectorIdParam {
  @ApiProperty({ example: 'wiki' })
  @Matches(connectorIdRule, { message: 'must match [a-z0-9][a-z0-9-]{0,62}' })
  readonly id!: string;
}
