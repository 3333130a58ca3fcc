import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { parse } from 'yaml';
import { audit } from '#apps/audit/src/audit.service.js';
import { governance } from '#apps/governance/src/governance.service.js';
import { hrIngest } from '#apps/hr-ingest/src/hr-ingest.service.js';
import { provisioning } from '#apps/provisioning/src/provisioning.service.js';
import { roles } from '#libs/auth/caller.js';
import { describeService } from '#libs/service-kit/openapi/document.fixtures.js';
import { root } from '../support/processes.js';

type Matrix = Readonly<Record<string, readonly string[]>>;

/** `METHOD /path` to the roles that its document names. */
function rolesIn({ paths }: OpenAPIObject): Matrix {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { 'x-roles'?: string[] }>).map(
        ([method, { 'x-roles': named = [] }]) => [`${method.toUpperCase()} ${path}`, [...named].sort()] as const,
      ),
    ),
  );
}

/** What the two do not have in common, in words. */
function differences(stated: Matrix, served: Matrix): string[] {
  const said = (named: readonly string[] | undefined): string => named?.join(', ') ?? 'not there';
  return [...new Set([...Object.keys(stated), ...Object.keys(served)])]
    .filter((route) => said(stated[route]) !== said(served[route]))
    .map(
      (route) => `${route}: served to ${said(served[route])}; test/api/authorisation.yaml says ${said(stated[route])}`,
    );
}

describe('the authorisation matrix', () => {
  const stated = parse(readFileSync(join(root, 'test/api/authorisation.yaml'), 'utf8')) as Matrix;

  it('has each route of every service with the roles that may use it, and no other', async () => {
    const documents = await Promise.all([hrIngest, governance, provisioning, audit].map(describeService));
    const served = Object.assign({}, ...documents.map(rolesIn)) as Matrix;
    expect(Object.keys(served).length).toBeGreaterThan(60);
    expect(differences(stated, served)).toEqual([]);
  }, 60_000);

  it('names known roles only, and at least one for each route', () => {
    const known: readonly string[] = roles;
    expect(
      Object.entries(stated).filter(([, named]) => named.length === 0 || named.some((role) => !known.includes(role))),
    ).toEqual([]);
  });

  it('is found wanting when a route has no rule, or another one', async () => {
    @Controller('v1/new')
    class NewController {
      @Get()
      read(): object {
        return {};
      }
    }
    @Module({ controllers: [NewController] })
    class NewModule {}
    const document = await describeService({ ...hrIngest, module: NewModule });
    expect(differences({}, rolesIn(document))).toContain(
      'GET /hr/v1/new: served to ; test/api/authorisation.yaml says not there',
    );
    expect(differences({ 'GET /a': ['auditor'] }, { 'GET /a': ['auditor', 'requester'] })).toHaveLength(1);
  }, 60_000);
});
