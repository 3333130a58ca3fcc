import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';
import { houseRules } from './eslint.rules.js';

const clockAndChance = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'time is a port: take it from Clock, or as a value',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'time is a port: take it from Clock, or as a value',
  },
  {
    selector: "MemberExpression[object.name='Temporal'][property.name='Now']",
    message: 'time is a port: take it from Clock, or as a value',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'chance comes in as a value',
  },
  {
    selector: "CallExpression[callee.name='randomUUID']",
    message: 'ids come from libs/event-store/ids.ts, or as values',
  },
];
const shape = [
  { selector: 'ExportAllDeclaration', message: 'name what you export' },
  { selector: 'ExportDefaultDeclaration', message: 'name what you export' },
];
/** Assertions that hold whatever the product does. `some` refuses an empty list. */
const emptyLoops = [
  {
    selector:
      ":matches(ForOfStatement, ForInStatement):has(CallExpression[callee.name='expect']):not([right.type='ArrayExpression']):not([right.type='TSAsExpression']):not([right.callee.name='some'])",
    message: 'over an empty list this loop asserts nothing: go through `some(list)`',
  },
  {
    selector: "CallExpression[callee.property.name='forEach']:has(CallExpression[callee.name='expect'])",
    message: 'over an empty list this loop asserts nothing: write `for (const one of some(list))`',
  },
  {
    selector:
      "CallExpression[callee.name='expect'] > CallExpression[callee.property.name='every']:not([callee.object.callee.name='some'])",
    message: 'every() of an empty list is true: write `some(list).every(…)`, or expect the list itself',
  },
];
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'read the environment in a *.config.ts file',
};

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'deploy', '**/*.js', '**/*.cjs', '**/*.d.ts'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { hub: houseRules },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/strict-boolean-expressions': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // It narrows across awaits, where fields do change.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Nest reads constructor parameters at run time: an import must stay a value where a class is injected.
      '@typescript-eslint/consistent-type-imports': 'off',
      // A generic that gives its result a type is how rows and bodies are read here.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // A switch over a union counts once: exhaustive folds are simple, however many facts there are.
      complexity: ['error', { max: 10, variant: 'modified' }],
      // Ports and payloads here are made of functions that do not use `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'max-depth': ['error', 3],
      'hub/parameters': 'error',
      'hub/file-roles': 'error',
      'hub/sql-files': 'error',
      'hub/module-state': 'error',
      'hub/parsed-input': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...shape, environment, ...clockAndChance],
    },
  },
  {
    // The edges: where the clock is read, the environment is read, or time passes on the hub's own account.
    files: [
      '**/*.config.ts',
      'libs/service-kit/settings/settings.ts',
      'libs/system/clock.ts',
      'libs/event-store/ids.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...shape] },
  },
  {
    // The store and the bus are SQL; elsewhere the name of a file says that it is.
    files: [
      '**/*.{query,store,projection,migrations}.ts',
      'libs/{event-store,event-bus}/**',
      'libs/service-kit/service/migrate.ts',
      'libs/scim/filter/to-sql.ts',
    ],
    rules: { 'hub/sql-files': 'off' },
  },
  {
    files: ['apps/{hr-ingest,governance,provisioning,audit}/src/*/**'],
    rules: { 'hub/domain-names': 'error', 'hub/domain-imports': 'error', 'hub/own-facts': 'error' },
  },
  // Files that are above a limit: docs/decisions/0019 says why each list is there. Lists get shorter, never longer.
  {
    files: [
      'apps/governance/src/catalog/catalog.controller.ts',
      'apps/governance/src/catalog/separation-rules.controller.ts',
      'apps/provisioning/src/connectors/connectors.controller.ts',
      'apps/hr-ingest/src/imports/imports.controller.ts',
      'apps/provisioning/src/reconcile/worker/account-storage.process.ts',
    ],
    rules: { 'hub/parameters': 'off' },
  },
  // What changes for a whole process: docs/decisions/0020 says what each is. No file is added without a line there.
  {
    files: [
      'libs/text/calendar-day.ts',
      'libs/auth/current-caller.decorator.ts',
      'libs/event-bus/kafka/kafkajs-timers.ts',
      'libs/event-store/crash-point.ts',
      'libs/event-store/database.ts',
      'libs/event-store/ids.ts',
      'libs/mapping/regular-expressions.ts',
      'libs/service-kit/idempotency/new-id.decorator.ts',
      'libs/service-kit/input/json-body.guard.ts',
      'libs/service-kit/openapi/schema.ts',
      'libs/system/random-pool.ts',
      'libs/text/text.ts',
    ],
    rules: { 'hub/module-state': 'off' },
  },
  {
    files: ['test/**', '**/*.spec.ts', '**/*.fixtures.ts', '**/*.contract.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...shape],
      'max-lines': 'off',
      'max-depth': 'off',
      'hub/parameters': 'off',
      'hub/file-roles': 'off',
      'hub/sql-files': 'off',
      'hub/module-state': 'off',
      'hub/parsed-input': 'off',
      'hub/own-facts': 'off',
      'hub/domain-names': 'off',
      'hub/domain-imports': 'off',
      complexity: 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/strict-boolean-expressions': 'off',
    },
  },
  {
    // Assertions that specs share.
    files: ['test/**', '**/*.fixtures.ts'],
    rules: { 'no-restricted-syntax': ['error', ...shape, ...emptyLoops] },
  },
  {
    files: ['**/*.spec.ts', '**/*.suite.ts', '**/*.contract.ts'],
    plugins: { jest },
    rules: {
      'no-restricted-syntax': ['error', ...shape, ...emptyLoops],
      'jest/no-conditional-expect': 'error',
      'jest/no-disabled-tests': 'error',
      'jest/no-focused-tests': 'error',
      'jest/no-identical-title': 'error',
      'jest/no-restricted-matchers': [
        'error',
        { toBeDefined: null, toBeTruthy: null, toBeFalsy: null, 'not.toBeNull': null, 'not.toBeUndefined': null },
      ],
      'jest/no-standalone-expect': [
        'error',
        { additionalTestBlockFunctions: ['beforeAll', 'beforeEach', 'afterAll', 'afterEach'] },
      ],
      'jest/valid-expect': 'error',
      'jest/valid-expect-in-promise': 'error',
    },
  },
);
