import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags, PickType } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { flag, list, named, nullable, object, oneOf, page, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { ListKeyCollisions, type KeyCollision } from './key-collisions.query.js';

const collisionAnswer = named(
  'KeyCollision',
  object<KeyCollision>({
    field: oneOf('employeeId', 'personId'),
    keys: list(object<KeyCollision['keys'][number]>({ key: text, id: uuid, employed: nullable(flag) })),
  }),
  {
    field: 'employeeId',
    keys: [
      { key: 'gAbC', id: '0198c0de-0000-7000-8000-00000000000a', employed: true },
      { key: 'gaBc', id: '0198c0de-0000-7000-8000-00000000000e', employed: false },
    ],
  },
);

class KeyCollisionsQuery extends PickType(PageQuery, ['limit', 'cursor']) {}

@ApiTags('workers')
@ApiBearerAuth()
@Controller('v1/key-collisions')
export class KeyCollisionsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Roles('hr-operator')
  @ApiOperation({
    summary: 'Keys that differ only in case, blanks or invisible characters',
    description: 'Each key still means its worker. HR corrects it by giving one worker another number.',
  })
  @Answers(200, page(collisionAnswer))
  async list(@Query() { limit, cursor }: KeyCollisionsQuery): Promise<Page<KeyCollision>> {
    return await this.queries.execute(new ListKeyCollisions(limit, cursor));
  }
}
