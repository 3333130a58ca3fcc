import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '#libs/auth/roles.decorator.js';
import { utcOf } from '#libs/service-kit/input/instant.js';
import { PageQuery, type Page } from '#libs/service-kit/input/page.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { page } from '#libs/service-kit/openapi/schema.js';
import { Clock } from '#libs/system/clock.js';
import { receiptAnswer, receiptSummaryAnswer } from './receipts.answers.js';
import { ReceiptPeriod } from './receipts.dto.js';
import { Receipts, type ReceiptSummary, type ReceiptView } from './receipts.query.js';

const usualPeriodMs = 30 * 86_400_000;

@ApiTags('revocation receipts')
@ApiBearerAuth()
@Controller('v1/revocation-receipts')
export class ReceiptsController {
  constructor(
    private readonly receipts: Receipts,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({
    summary: 'What became of the access of people who left, by person and application, newest decision first',
    description:
      'Times at which it was decided, the application accepted it, and a reading showed it; for the account, its memberships and its roles. Where nothing was left to ' +
      'take away there is no receipt. Sessions that are open in an application are not covered. `late eq true` lists everybody beyond the agreed time ' +
      '(`REVOCATION_WITHIN`). Filter by person.id, person.employeeId, application, connector, state, decidedAt, verifiedAt and late.',
  })
  @Answers(200, page(receiptAnswer))
  list(@Query() query: PageQuery): Promise<Page<ReceiptView>> {
    return this.receipts.page(query);
  }

  @Get('summary')
  @Roles('connector-admin', 'auditor', 'security')
  @ApiOperation({
    summary: 'How long revocations took, over the people who left in a period',
    description:
      'From the decision to the reading. Revocations that are still open are in no percentile: `open` and `late` count them.',
  })
  @Answers(200, receiptSummaryAnswer)
  summary(@Query() { from, to }: ReceiptPeriod): Promise<ReceiptSummary> {
    const end = utcOf(to ?? this.clock.now());
    const begin = from === undefined ? new Date(Date.parse(end) - usualPeriodMs).toISOString() : utcOf(from);
    return this.receipts.summary(begin, end);
  }
}
