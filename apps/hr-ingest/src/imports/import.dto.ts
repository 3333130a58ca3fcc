import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

/** Query of `POST /hr/v1/imports`. */
export class ImportQuery {
  @ApiProperty({
    enum: ['delta'],
    description: '`delta`: rows state changes, absent workers stay. `full` is not served yet.',
  })
  @IsIn(['delta'], {
    message: ({ value }) => (value === 'full' ? 'full is not served yet: use delta' : 'must be delta'),
  })
  readonly mode!: 'delta';
}

export const importExample = {
  id: '0198c0de-0000-7000-8000-00000000000c',
  mode: 'delta',
  status: 'completed',
  total: 25,
  processed: 25,
  created: 22,
  changed: 1,
  terminated: 1,
  unchanged: 0,
  rejected: 1,
  createdAt: '2026-03-02T09:00:00.000Z',
  finishedAt: '2026-03-02T09:00:01.000Z',
  detail: null,
  rejections: [{ line: 14, field: 'hireDate', detail: 'must be a date that exists, as YYYY-MM-DD' }],
};
