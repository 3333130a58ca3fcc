import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { leaverAnswer } from './accounts.answers.js';
import { Leavers, type LeaverStillEnabled } from './leavers.query.js';

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1/leavers-still-enabled')
export class LeaversController {
  constructor(private readonly leavers: Leavers) {}

  @Get()
  @Roles('connector-admin', 'auditor')
  @ApiOperation({
    summary: 'People who left and whose account may still be usable, oldest first',
    description:
      'Over all connectors, with the reason. Filter by person.id, person.employeeId, application, connector and since. ' +
      '`hub_leavers_still_enabled` counts them by connector.',
  })
  @Answers(200, page(leaverAnswer))
  list(@Query() query: PageQuery): Promise<Page<LeaverStillEnabled>> {
    return this.leavers.page(query);
  }
}
