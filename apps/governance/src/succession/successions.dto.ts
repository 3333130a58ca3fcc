import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';

export class TransferDto {
  @ApiProperty({ description: 'Identity id of the person who takes over' })
  @IsUUID('all', { message: 'must be the id of an identity (UUID)' })
  readonly successorId!: string;
}
