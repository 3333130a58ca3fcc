import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';

const whole = { message: 'must be a whole number of entries' };

/** A position in the log, or a number of entries. */
export class IndexParam {
  @ApiProperty({ minimum: 0 })
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly index!: number;
}

export class ProofQuery {
  @ApiPropertyOptional({
    description: 'Size of the tree to prove it for; the newest checkpoint unless given',
    minimum: 1,
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt(whole)
  @Min(1, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly size?: number;
}

export class ConsistencyQuery {
  @ApiProperty({ description: 'Size of the earlier tree', minimum: 0 })
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly from!: number;

  @ApiPropertyOptional({ description: 'Size of the later tree; the newest checkpoint unless given', minimum: 0 })
  @IsOptional()
  @Type(() => Number)
  @IsInt(whole)
  @Min(0, whole)
  @Max(Number.MAX_SAFE_INTEGER, whole)
  readonly to?: number;
}

export const entryExample = {
  index: 17,
  id: '0198c0de-0000-7000-8000-000000000001',
  type: 'hub.governance.request.decided.v1',
  source: '/governance/request-0198c0de-0000-7000-8000-00000000000c',
  subject: '0198c0de-0000-7000-8000-00000000000c',
  epoch: 1,
  sequence: 2,
  actor: 'identity/0198c0de-0000-7000-8000-00000000000b',
  correlationId: '0198c0de-0000-7000-8000-000000000002',
  causationId: null,
  occurredAt: '2026-03-02T10:00:00.000Z',
  recordedAt: '2026-03-02T10:00:00.060Z',
  data: { request: '0198c0de-0000-7000-8000-00000000000c', decision: 'approve' },
  identity: '0198c0de-0000-7000-8000-00000000000a',
  leafHash: 'q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=',
  leafData: '{"actor":"identity/…"}',
  personal: [{ subject: '0198c0de-0000-7000-8000-00000000000b', fields: { comment: 'part of her new role' } }],
};

export const proofExample = {
  index: 17,
  size: 40,
  leafHash: 'q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK0YMbR0=',
  path: ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
  root: 'A3ZkY2a1pX2v7p6iY3m3V7h0f9YkJ1b3pW0c2r5s8t0=',
  checkpoint: null,
};
