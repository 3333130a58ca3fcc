import type { Value } from '../expression.js';
import { foldText } from '#libs/text/text.js';
import { isList, listOf, numberOf, textOf, ValueError } from '../values.js';
import type { Call, MappingFunction } from './function.js';

/** Null when there is no such item. Items count from 1. */
function item(call: Call): Value {
  return listOf(call.value(0))[numberOf(call.value(1)) - 1] ?? null;
}

const roles = (call: Call): Value => {
  const value = call.value(0);
  return value === null ? null : listOf(value);
};

function roleName(role: Value): string {
  if (role === null || typeof role !== 'object' || isList(role)) return textOf(role);
  return textOf(role['value'] ?? role['displayName'] ?? null);
}

export const listFunctions: Readonly<Record<string, MappingFunction>> = {
  Count: { signature: 'Count(attribute)', least: 1, most: 1, evaluate: (call) => listOf(call.value(0)).length },
  Item: {
    signature: 'Item(attribute, index)',
    least: 2,
    most: 2,
    evaluate: (call) => {
      const found = item(call);
      if (found === null) throw new ValueError(`there is no item ${textOf(call.value(1))}: items count from 1`);
      return found;
    },
  },
  ItemOrNull: { signature: 'ItemOrNull(attribute, index)', least: 2, most: 2, evaluate: item },
  RemoveDuplicates: {
    signature: 'RemoveDuplicates(attribute)',
    least: 1,
    most: 1,
    evaluate: (call) => {
      const value = call.value(0);
      if (value === null) return null;
      return [...new Map(listOf(value).map((one) => [JSON.stringify(one), one] as const)).values()];
    },
  },
  Contains: {
    signature: 'Contains(attribute, search, CaseInsensitive|CaseSensitive?)',
    least: 2,
    most: 3,
    evaluate: (call) => {
      const exact = call.isGiven(2) && textOf(call.value(2)) === 'CaseSensitive';
      const form = (text: string): string => (exact ? text : foldText(text));
      const sought = form(textOf(call.value(1)));
      return listOf(call.value(0)).findIndex((one) => form(textOf(one)).includes(sought)) + 1;
    },
  },
  SingleAppRoleAssignment: {
    signature: 'SingleAppRoleAssignment([appRoleAssignments])',
    least: 1,
    most: 1,
    evaluate: (call) => {
      const [role = null, ...more] = listOf(call.value(0));
      if (more.length > 0) throw new ValueError('several roles are assigned: use AppRoleAssignmentsComplex');
      return role === null ? null : roleName(role);
    },
  },
  AppRoleAssignmentsComplex: {
    signature: 'AppRoleAssignmentsComplex([appRoleAssignments])',
    least: 1,
    most: 1,
    evaluate: roles,
  },
  AssertiveAppRoleAssignmentsComplex: {
    signature: 'AssertiveAppRoleAssignmentsComplex([appRoleAssignments])',
    least: 1,
    most: 1,
    evaluate: roles,
  },
};
