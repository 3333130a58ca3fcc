import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Body, Controller, Get, Module, Post, Query } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { audit } from '#apps/audit/src/audit.service.js';
import { governance } from '#apps/governance/src/governance.service.js';
import { hrIngest } from '#apps/hr-ingest/src/hr-ingest.service.js';
import { provisioning } from '#apps/provisioning/src/provisioning.service.js';
import { Answers } from '#libs/service-kit/openapi/answers.decorator.js';
import { documentFaults } from '#libs/service-kit/openapi/document-faults.fixtures.js';
import { describeService } from '#libs/service-kit/openapi/document.fixtures.js';
import { root } from '../support/processes.js';
import { anything, count, named, object } from '#libs/service-kit/openapi/schema.js';

describe('the API document', () => {
  it.each([hrIngest, governance, provisioning, audit].map((service) => [service.name, service] as const))(
    'of %s says of each route what it is for, for whom, what it takes, what it answers and what it refuses',
    async (_, service) => {
      const document = await describeService(service);
      expect(document.openapi).toBe('3.1.0');
      expect(documentFaults(document)).toEqual([]);
    },
    60_000,
  );

  it('names every code that a service refuses with', async () => {
    const documents = await Promise.all([hrIngest, governance, provisioning, audit].map(describeService));
    const documented = JSON.stringify(documents);
    const files = globSync('apps/*/src/**/*.errors.ts', { cwd: root });
    const codes = files.flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, code]) => code ?? ''),
    );
    expect(codes.length).toBeGreaterThan(15);
    expect(codes.filter((code) => !documented.includes(`"${code}"`))).toEqual([]);
  }, 60_000);

  it('is found wanting where a route says too little', async () => {
    class OpenInput {
      @ApiProperty()
      readonly text!: string;
    }
    const wrong = named('WrongExample', object<{ n: number }>({ n: count }), { n: -1 });
    @Controller('v1/silent')
    class SilentController {
      @Get()
      read(): object {
        return {};
      }
      @Get('untyped')
      @Answers(200, anything)
      untyped(): unknown {
        return {};
      }
      @Post()
      @Answers(201, wrong)
      write(@Body() _: OpenInput): { n: number } {
        return { n: 1 };
      }
    }
    @Module({ controllers: [SilentController] })
    class SilentModule {}
    const faults = documentFaults(await describeService({ ...audit, module: SilentModule }));
    expect(faults.filter((fault) => !/: no (summary|roles)$/.test(fault))).toEqual([
      'GET /audit/v1/silent: 200 has no body: use @Answers',
      'POST /audit/v1/silent: its body takes fields that are not documented',
      'POST /audit/v1/silent: example of 201 /n must be >= 0 {"comparison":">=","limit":0}',
      'GET /audit/v1/silent/untyped: the body of 200 has no type: use @Answers',
      'GET /audit/v1/silent/untyped: 200 has no example: use named()',
    ]);
    expect(faults.filter((fault) => /: no (summary|roles)$/.test(fault))).toHaveLength(6);
  });

  it('is not made for a route with a body or query that nothing checks, such as a class or undefined', async () => {
    class Input {
      @ApiProperty()
      @IsString()
      readonly text!: string;
    }
    @Controller('v1/unchecked')
    class BodyController {
      @Post()
      write(@Body() input: Input | undefined): string {
        return input?.text ?? '';
      }
    }
    @Controller('v1/unchecked')
    class QueryController {
      @Get()
      read(@Query() input: Input | null): string {
        return input?.text ?? '';
      }
    }
    @Module({ controllers: [BodyController] })
    class BodyModule {}
    @Module({ controllers: [QueryController] })
    class QueryModule {}
    for (const [module, name] of [
      [BodyModule, 'BodyController.write'],
      [QueryModule, 'QueryController.read'],
    ] as const)
      await expect(describeService({ ...audit, module })).rejects.toThrow(
        `${name}: argument 0 has a type that is no class`,
      );
  });
});
