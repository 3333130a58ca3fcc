/**
 * What a file may do, by what its name says. Each rule has a planted violation in test/architecture.spec.ts.
 * docs/architecture.md has the table of file roles.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A file of a feature whose name says no role: values and decisions. */
const isDomain = (path) => /(\/[a-z0-9-]+|\.events|\.errors)\.ts$/.test(path);

const sql =
  /\b(select\s[^]*?\sfrom\s|select\s+\w+\(|insert\s+into\s|update\s+[\w."]+\s+(as\s+)?(\w+\s+)?set\s|delete\s+from\s|with\s+\w+\s+as\s+(not\s+)?(materialized\s*)?\(|(create|alter|drop)\s+(unique\s+)?(table|index|schema|role)\s)/;

/** The decorator, call or class that a file of a role has. */
const roles = [
  { role: '.command.ts', has: 'a command handler', decorator: 'CommandHandler' },
  { role: '.controller.ts', has: 'a controller', decorator: 'Controller' },
  { role: '.module.ts', has: 'a module', decorator: 'Module' },
  { role: '.stream.ts', has: 'an EventStream', base: 'EventStream' },
  { role: '.errors.ts', has: 'a DomainError', base: 'DomainError' },
];

const decoratorsOf = (node) =>
  (node.decorators ?? []).map(({ expression }) =>
    expression.type === 'CallExpression' ? expression.callee.name : expression.name,
  );

const sqlFiles = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { sql: 'SQL stands in query, projection, store and migration files: move it there' },
  },
  create(context) {
    const check = (node, text) => {
      if (sql.test(text)) context.report({ node, messageId: 'sql' });
    };
    return {
      Literal: (node) => typeof node.value === 'string' && check(node, node.value),
      TemplateLiteral: (node) => check(node, node.quasis.map(({ value }) => value.raw).join(' x ')),
    };
  },
};

/** The store's own tables; who needs what they hold asks the store, or keeps a read model. */
const storeTables =
  /\b(from|join|into|update)\s+(events|subject_key|lease|checkpoint|store_identity|inbox|parked_message)\b/i;

/** A fact's stream is for its own feature to read: others ask that feature, or follow causation ids by `EventStore.chain`. */
const ownFacts = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      table: 'the tables of the store are not for features: keep a read model, or ask the store (EventStore.chain)',
      load: 'facts are read through the stream of the feature that wrote them: add a method to that stream',
      stream: 'the name of a stream is for its own feature: ask that feature, or look at the type of the fact',
    },
  },
  create(context) {
    const path = context.filename;
    const isStream = path.endsWith('.stream.ts');
    const look = (node, text) => {
      if (storeTables.test(text) && !path.endsWith('.migrations.ts')) context.report({ node, messageId: 'table' });
    };
    const nameOf = (node) => (node.type === 'MemberExpression' ? node.property.name : node.name);
    return {
      Literal: (node) => typeof node.value === 'string' && look(node, node.value),
      TemplateLiteral: (node) => look(node, node.quasis.map(({ value }) => value.raw).join(' x ')),
      'CallExpression[callee.property.name=/^(load|read)$/]'(node) {
        if (!isStream && nameOf(node.callee.object) === 'store') context.report({ node, messageId: 'load' });
      },
      'MemberExpression[computed=false][property.name="stream"], ObjectPattern > Property[key.name="stream"]'(node) {
        if (!isStream) context.report({ node, messageId: 'stream' });
      },
    };
  },
};

const fileRoles = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      missing: 'a {{role}} file holds {{has}}: give the file the name of what it holds',
      misplaced: 'a {{decorator}} stands in a {{role}} file',
    },
  },
  create(context) {
    const found = new Set();
    const path = context.filename;
    return {
      ClassDeclaration(node) {
        const names = decoratorsOf(node);
        for (const name of names) found.add(name);
        if (node.superClass?.type === 'Identifier') found.add(node.superClass.name);
        for (const { role, decorator } of [...roles, { role: '.query.ts', decorator: 'QueryHandler' }]) {
          const misplaced = names.find((name) => name === decorator);
          if (misplaced !== undefined && !path.endsWith(role))
            context.report({ node, messageId: 'misplaced', data: { decorator: misplaced, role } });
        }
      },
      'Program:exit'(node) {
        const wanted = roles.find(({ role }) => path.endsWith(role));
        if (wanted === undefined) return;
        if (![wanted.decorator, wanted.base].some((name) => name !== undefined && found.has(name)))
          context.report({ node, messageId: 'missing', data: wanted });
      },
    };
  },
};

/** Names that an exports file gets from files that are no domain. */
function impureNames(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g)]
    .filter(([, , from]) => !isDomain(from.replace(/\.js$/, '.ts')))
    .flatMap(([, names]) => names.split(','))
    .map((name) => name.replace(/\btype\b/, '').trim());
}

const domainNames = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      impure:
        '{{name}} does I/O or is of Nest: a domain file takes values only; move this into a file that says its role',
    },
  },
  create(context) {
    return {
      ImportDeclaration(node) {
        if (!isDomain(context.filename) || !node.source.value.endsWith('.exports.js') || node.importKind === 'type')
          return;
        const file = resolve(dirname(context.filename), node.source.value.replace(/\.js$/, '.ts'));
        const impure = new Set(existsSync(file) ? impureNames(file) : []);
        for (const one of node.specifiers) {
          if (one.importKind !== 'type' && one.type === 'ImportSpecifier' && impure.has(one.imported.name))
            context.report({ node: one, messageId: 'impure', data: { name: one.imported.name } });
        }
      },
    };
  },
};

/** What a domain file may import: values only. */
const pureImports = [
  /^\.\.\//,
  /^node:(util|crypto)$/,
  /^(temporal-polyfill|fflate)$/,
  /^#libs\/(contracts|mapping|text|merkle-log)\//,
  /^#libs\/scim\/(filter\/|client\/(resources|reading|attribute-path|profile[\w-]*|templates)\.js$)/,
  /^#libs\/outgoing\/(failure|classify|call-timeout)\.js$/,
  /^#libs\/event-store\/(core|ids)\.js$/,
  /^#libs\/event-bus\/(message|message-of|newest-of|cloud-event)\.js$/,
  /^#libs\/problems\//,
];

const takesTypesOnly = ({ importKind, specifiers }) =>
  importKind === 'type' || (specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type'));

const domainImports = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { impure: 'a domain file touches values only: put what needs {{from}} into a file that says its role' },
  },
  create(context) {
    return {
      ImportDeclaration(node) {
        const from = node.source.value;
        if (!isDomain(context.filename) || takesTypesOnly(node)) return;
        const isOwn = from.startsWith('./');
        const isPure = isOwn
          ? isDomain(from.slice(1).replace(/\.js$/, '.ts'))
          : pureImports.some((one) => one.test(from));
        if (!isPure) context.report({ node, messageId: 'impure', data: { from } });
      },
    };
  },
};

/** Nest injects by constructor parameter (docs/decisions/0018): those of a decorated class may be more. */
const parameters = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { many: 'takes {{count}} parameters, of at most {{most}}: gather what belongs together' },
  },
  create(context) {
    return {
      ':function'(node) {
        const injected = node.parent.kind === 'constructor' && (node.parent.parent.parent.decorators ?? []).length > 0;
        const most = injected ? 8 : 5;
        const count = node.params.length;
        if (count > most) context.report({ node, messageId: 'many', data: { count, most } });
      },
    };
  },
};

const changing = new Set([
  'set',
  'add',
  'delete',
  'clear',
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'fill',
]);

/** Where a value of a module is changed: `value.set(…)`, `value.field = …`, `value[0] += …`. */
function changesOf(variable) {
  return variable.references.filter(({ identifier }) => {
    const member = identifier.parent;
    if (member.type !== 'MemberExpression' || member.object !== identifier) return false;
    const { parent } = member;
    if (parent.type === 'CallExpression' && parent.callee === member) return changing.has(member.property.name);
    return (parent.type === 'AssignmentExpression' && parent.left === member) || parent.type === 'UpdateExpression';
  });
}

/** Assigns to a prototype or to the global object: `Queue.prototype.check = …`, `prototype.check = …`, `globalThis.x = …`. */
function isShared(node) {
  if (node.type !== 'MemberExpression') return false;
  const { object } = node;
  if (object.type === 'Identifier') return object.name === 'prototype' || object.name === 'globalThis';
  return object.type === 'MemberExpression' && object.property.name === 'prototype';
}

const moduleState = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      state:
        '{{name}} changes for the whole process: give the value to who needs it, or list the file in docs/decisions/0020',
      shared: 'changes a prototype or the global object for the whole process: wrap it (docs/decisions/0020)',
    },
  },
  create(context) {
    const report = (node, name) => context.report({ node, messageId: 'state', data: { name } });
    return {
      'Program > VariableDeclaration, Program > ExportNamedDeclaration > VariableDeclaration'(node) {
        for (const variable of context.sourceCode.getDeclaredVariables(node))
          if (node.kind !== 'const' || changesOf(variable).length > 0) report(node, variable.name);
      },
      'PropertyDefinition[static=true]'(node) {
        if (node.readonly !== true) report(node, node.key.name ?? 'a static field');
      },
      AssignmentExpression: (node) => isShared(node.left) && context.report({ node, messageId: 'shared' }),
    };
  },
};

/** What gives a value that nobody has checked: JSON text, the body of an answer, the payload of a timer. */
function isUnchecked(node) {
  if (node.type === 'AwaitExpression') return isUnchecked(node.argument);
  if (node.type === 'TSAsExpression' || node.type === 'ChainExpression') return isUnchecked(node.expression);
  if (node.type === 'LogicalExpression') return isUnchecked(node.left);
  if (node.type === 'CallExpression' && node.callee.type === 'MemberExpression') {
    const { object, property } = node.callee;
    return property.name === 'json' || (object.name === 'JSON' && property.name === 'parse');
  }
  return node.name === 'payload' || (node.type === 'MemberExpression' && node.property.name === 'payload');
}

const parsedInput = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      cast: 'says what this is without looking: check it with parsed(…, hasShape(…), value) of #libs/event-store/core.js',
    },
  },
  create(context) {
    return {
      TSAsExpression(node) {
        if (node.typeAnnotation.type !== 'TSUnknownKeyword' && isUnchecked(node.expression))
          context.report({ node, messageId: 'cast' });
      },
    };
  },
};

export const houseRules = {
  // Raise the version when a rule changes: linters that keep results look at it.
  meta: { name: 'hub', version: '4' },
  rules: {
    'sql-files': sqlFiles,
    'file-roles': fileRoles,
    'domain-names': domainNames,
    'domain-imports': domainImports,
    parameters,
    'module-state': moduleState,
    'own-facts': ownFacts,
    'parsed-input': parsedInput,
  },
};
