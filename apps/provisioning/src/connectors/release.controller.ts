import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import type { Response } from 'express';
import { causationOf, type Caller } from '#libs/auth/caller.js';
import { CurrentCaller } from '#libs/auth/current-caller.decorator.js';
import { Roles } from '#libs/auth/roles.decorator.js';
import { InvalidInput, NotFound } from '#libs/problems/problem.js';
import { etagOf } from '#libs/service-kit/input/etag.js';
import { IsFilledText } from '#libs/service-kit/input/validation.js';
import { Answers, Refuses } from '#libs/service-kit/openapi/answers.decorator.js';
import {
  entitlementsIn,
  PreviewMissing,
  Previews,
  ReleasePreview,
  WithdrawAuthority,
  WithdrawAuthorityDto,
} from '../previews/previews.exports.js';
import { ConnectorIdParam } from './connector.dto.js';
import { connectorAnswer } from './connectors.answers.js';
import { ConnectorRows, type ConnectorView } from './connectors.query.js';
import { SetConnectorState } from './set-connector-state.command.js';

class ReleaseDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'What is enforced: required once a preview was made' })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the id of a preview' })
  readonly preview?: string | null;

  @ApiPropertyOptional({ example: 'The owner has looked at it', description: 'Required with a preview' })
  @IsOptional()
  @IsFilledText(2_000)
  readonly reason?: string | null;
}

/** From observing to enforcing. */
@ApiTags('previews')
@ApiBearerAuth()
@Controller('v1/connectors')
export class ReleaseController {
  constructor(
    private readonly commands: CommandBus,
    private readonly connectors: ConnectorRows,
    private readonly previews: Previews,
  ) {}

  @Post(':id/release')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary: 'Enforce what a preview shows, by an owner of the application, or a connector-admin if it has no owner',
    description:
      'Exactly the preview is enforced: people who changed meanwhile are left out, and shown as the preview in next. A preview for some people is a pilot: only they are worked on, until a wider one is released. GET the preview for how far its release is. Without a preview a connector is released only while none was made.',
  })
  @Answers(200, connectorAnswer, { headers: ['ETag'] })
  @Refuses({
    403: ['connector.not_owner'],
    404: ['connector.not_defined'],
    409: ['connector.observes', 'preview.missing', 'preview.not_ready', 'preview.outdated', 'preview.released'],
  })
  async release(
    @Param() { id }: ConnectorIdParam,
    @Body() { preview, reason }: ReleaseDto,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConnectorView> {
    if ((preview ?? null) !== null) await this.byPreview(id, preview ?? '', reason ?? null, caller);
    else await this.atOnce(id, caller);
    const view = await this.connectors.view(id);
    if (view === null) throw new NotFound('connector', id);
    response.set('ETag', etagOf(view.version));
    return view;
  }

  @Post(':id/withdraw-authority')
  @HttpCode(200)
  @Roles('connector-admin', 'requester', 'approver')
  @ApiOperation({
    summary:
      'Of these groups and roles the hub takes only what it gave, by an owner of the application or a connector-admin',
    description: 'What it took from others is not given back. The audit log keeps who and why.',
  })
  @Answers(200, connectorAnswer)
  @Refuses({ 403: ['connector.not_owner'], 404: ['connector.not_defined'] })
  async withdraw(
    @Param() { id }: ConnectorIdParam,
    @Body() { entitlements, reason }: WithdrawAuthorityDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ConnectorView> {
    const chosen = entitlementsIn('/entitlements', entitlements);
    await this.commands.execute(new WithdrawAuthority(id, chosen, reason, caller, causationOf(caller)));
    const view = await this.connectors.view(id);
    if (view === null) throw new NotFound('connector', id);
    return view;
  }

  private async byPreview(id: string, preview: string, reason: string | null, caller: Caller): Promise<void> {
    if (reason === null) throw new InvalidInput([{ pointer: '/reason', detail: 'is missing: say why it is released' }]);
    await this.commands.execute(new ReleasePreview(id, preview, reason, caller, causationOf(caller)));
  }

  private async atOnce(id: string, caller: Caller): Promise<void> {
    const view = await this.connectors.view(id);
    if (view?.mode === 'observe' && (await this.previews.any(id)))
      throw new PreviewMissing('a preview was made: name the one that is released', { connector: id });
    await this.commands.execute(new SetConnectorState(id, 'release', caller, causationOf(caller)));
  }
}
