import { roles } from '#libs/auth/caller.js';
import { list, named, nullable, object, oneOf, text, uuid } from '#libs/service-kit/openapi/schema.js';
import { namedPersonAnswer } from '../names/names.exports.js';
import type { Me } from './me.query.js';

export const meAnswer = named(
  'Me',
  object<Me>({
    id: nullable(uuid),
    employeeId: nullable(text),
    displayName: nullable(text),
    userName: nullable(text),
    status: nullable(oneOf('active', 'on-leave', 'inactive')),
    department: nullable(text),
    jobTitle: nullable(text),
    manager: nullable(namedPersonAnswer),
    roles: list(oneOf(...roles)),
  }),
  {
    id: '8f6f3c1e-2b6d-5a7e-9c1d-3f2b1a0c9d8e',
    employeeId: '1001',
    displayName: 'Ada Lovelace',
    userName: 'ada@example.org',
    status: 'active',
    department: 'Engineering',
    jobTitle: null,
    manager: { id: '2c1d0e9f-8a7b-5c6d-8e4f-0a1b2c3d4e5f', employeeId: '1000', displayName: 'Grace Hopper' },
    roles: ['requester'],
  },
);
