import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { NotFound } from '#libs/problems/problem.js';
import type { Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { exposureAnswer } from './exposures.answers.js';
import { ExposureParam, ExposuresQuery } from './exposures.dto.js';
import { ExposureRows, type ExposureView } from './exposures.query.js';

@ApiTags('exposures')
@ApiBearerAuth()
@Controller('v1/exposures')
export class ExposuresController {
  constructor(private readonly rows: ExposureRows) {}

  @Get()
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({
    summary: 'Access that should have ended and is not confirmed gone; what is due first comes first',
    description:
      'Over all connectors. An exposure opens by itself when something stops a removal, or when it takes more than a minute. It closes only when a reading, or a ' +
      'person for what the application cannot show, proves that the access is gone, or when the person may have it again. Filter by id, kind, code, person.id, ' +
      'person.employeeId, application, connector, account, decidedAt, openedAt, dueAt and closedAt. `state` also shows those that are closed. ' +
      '`hub_exposures_open` and `hub_exposures_overdue` count them by connector.',
  })
  @Answers(200, page(exposureAnswer))
  list(@Query() query: ExposuresQuery): Promise<Page<ExposureView>> {
    return this.rows.page(query, query.state ?? 'open');
  }

  @Get(':exposure')
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({ summary: 'One exposure' })
  @Answers(200, exposureAnswer)
  async one(@Param() { exposure }: ExposureParam): Promise<ExposureView> {
    const view = await this.rows.view(exposure);
    if (view === null) throw new NotFound('exposure', exposure);
    return view;
  }
}
