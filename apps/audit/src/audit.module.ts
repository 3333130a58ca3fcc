import { Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { ExportModule } from './exports/export.module.js';
import { LogModule } from './log/log.module.js';

@Module({ imports: [LogModule, AccessModule, ExportModule] })
export class AuditModule {}
