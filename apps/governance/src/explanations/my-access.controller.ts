import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { whereaboutsAnswer } from './my-access.answers.js';
import { GetMyAccess, type WhereaboutsView } from './my-access.query.js';

@ApiTags('identities')
@ApiBearerAuth()
@Controller('v1/me/access')
export class MyAccessController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Answers(200, page(whereaboutsAnswer))
  @Roles('requester')
  @ApiOperation({
    summary: "Where the caller's access is, in plain words, and who must act",
    description:
      'Open requests for the caller and what the caller holds. people are those who must act, where they are known by name.',
  })
  access(@CurrentCaller() { identity }: Caller): Promise<Page<WhereaboutsView>> {
    return this.queries.execute(new GetMyAccess(identity));
  }
}
