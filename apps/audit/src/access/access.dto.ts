import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { IsInstant } from '#libs/service-kit/instant.js';
import { PageQuery } from '#libs/service-kit/page.js';

export class TimelineQuery extends OmitType(PageQuery, ['filter']) {
  @ApiPropertyOptional({
    description: 'As the log knew it at this instant; with all it knows unless given',
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

  @ApiPropertyOptional({ description: 'Who had access at this instant; now unless given', format: 'date-time' })
  @IsOptional()
  @IsInstant()
  readonly at?: string;

  @ApiPropertyOptional({
    enum: ['decided', 'possible'],
    default: 'possible',
    description:
      'decided: as governance decided; possible: from the first call that could have taken effect until its removal is verified',
  })
  @IsOptional()
  @IsIn(['decided', 'possible'], { message: ({ value }) => basisMend(value) })
  readonly basis: 'decided' | 'possible' = 'possible';

  @ApiPropertyOptional({ description: 'List accounts that are verified to be switched off, too', default: false })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'must be true or false' })
  readonly includeDisabled: boolean = false;
}

function basisMend(value: unknown): string {
  return value === 'observed' ? 'observed is not served yet: use decided or possible' : 'must be decided or possible';
}

const person = { id: '0198c0de-0000-7000-8000-00000000000a', employeeId: '1001', displayName: 'Ada Lovelace' };
const why = {
  assignment: '0198c0de-0000-7000-8000-0000000000aa',
  package: 'chat-analyst',
  packageVersion: 1,
  since: '2026-03-02T10:00:00.000Z',
  by: {
    type: 'request',
    request: '0198c0de-0000-7000-8000-00000000000c',
    requester: person,
    submittedAt: '2026-03-02T09:00:00.000Z',
    justification: 'I analyse what people ask us',
    approvals: [
      {
        approver: { id: '0198c0de-0000-7000-8000-00000000000b', employeeId: '1000', displayName: 'Grace Hopper' },
        decision: 'approve',
        at: '2026-03-02T10:00:00.000Z',
        comment: 'part of her new role',
        entry: 17,
      },
    ],
  },
  origin: {
    entry: 16,
    type: 'hub.governance.request.submitted.v1',
    at: '2026-03-02T09:00:00.000Z',
    actor: 'identity/…',
  },
  chain: [
    { entry: 16, type: 'hub.governance.request.submitted.v1', at: '2026-03-02T09:00:00.000Z', actor: 'identity/…' },
  ],
};

export const accessExample = {
  identity: person,
  application: 'chat',
  entitlements: [
    { account: true, since: '2026-03-02T10:00:01.000Z', until: null, state: 'confirmed' },
    { group: 'analysts', since: '2026-03-02T10:00:01.000Z', until: null, state: 'confirmed' },
  ],
  since: '2026-03-02T10:00:01.000Z',
  until: null,
  state: 'confirmed',
  enabled: true,
  why: [why],
};

export const timelineExample = {
  identity: person,
  application: 'chat',
  basis: 'possible',
  group: 'analysts',
  since: '2026-03-02T10:00:01.000Z',
  sinceRecordedAt: '2026-03-02T10:00:01.050Z',
  sinceEntry: 21,
  until: null,
  untilRecordedAt: null,
  untilEntry: null,
  state: 'confirmed',
  confirmedAt: '2026-03-02T10:00:01.020Z',
  enabled: true,
  why: [why],
};
