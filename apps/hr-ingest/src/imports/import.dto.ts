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
