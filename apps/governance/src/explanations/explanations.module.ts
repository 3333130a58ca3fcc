import { Module } from '@nestjs/common';
import { AccessController } from './access.controller.js';
import { ExplainAccessHandler, GetAccessHandler } from './explain-access.query.js';
import { ExplainedRows } from './explained-rows.query.js';

/** What an identity should have, and why or why not. */
@Module({ controllers: [AccessController], providers: [ExplainedRows, GetAccessHandler, ExplainAccessHandler] })
export class ExplanationsModule {}
