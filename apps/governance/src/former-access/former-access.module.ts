import { Module } from '@nestjs/common';
import { FormerAccessController } from './former-access.controller.js';
import { GetFormerAccessHandler } from './former-access.query.js';

/** What somebody who was hired again may ask for. */
@Module({ controllers: [FormerAccessController], providers: [GetFormerAccessHandler] })
export class FormerAccessModule {}
