/**
 * Who may import whom. Each rule says what to do instead; test/architecture.spec.ts plants one violation per rule and
 * expects that rule's name, because a rule that stopped matching looks just like clean code.
 */

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one thing, or share a third: move what they share there.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-never-import-apps',
      comment: 'Services meet through messages: publish a fact and consume it. Only the hub composes them.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/hub/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'features-meet-through-exports',
      comment: 'A feature is used through its <feature>.exports.ts: name there what others need, and import that file.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/([^/]+)/', pathNot: '\\.(spec|fixtures|contract)\\.ts$' },
      to: { path: '^apps/$1/src/[^/]+/', pathNot: '^apps/$1/src/($2/|([^/]+)/\\2\\.exports\\.ts$)' },
    },
    {
      name: 'the-person-is-a-room-of-its-own',
      comment:
        'What one person is, holds and should have knows nothing of who asks, defines or simulates: take it as a value or behind a port, or return what others follow.',
      severity: 'error',
      from: {
        path: '^apps/governance/src/(identities|assignments|desired-access|people|names|policy)/',
        pathNot: '\\.(spec|fixtures)\\.ts$',
      },
      to: { path: '^apps/governance/src/(?!(identities|assignments|desired-access|people|names|policy)/)[^/]+/' },
    },
    {
      name: 'auth-never-imports-the-kit',
      comment: 'The kit starts a service and uses auth: what both need lies in libs/system or libs/problems.',
      severity: 'error',
      from: {
        path: '^libs/(auth|event-store|event-bus|problems|system)/',
        pathNot: '\\.(spec|fixtures|contract)\\.ts$',
      },
      to: { path: '^libs/service-kit/' },
    },
    {
      name: 'libs-never-import-apps',
      comment: 'A library does not know its users: take what you need as a parameter.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'contracts-are-leaves',
      comment: 'Contracts are values that every service shares: no npm but the schema validator, no other library.',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs|apps)/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'event-store-core-is-a-leaf',
      comment: 'core.ts is what pure domain files may import: keep it free of everything.',
      severity: 'error',
      from: { path: '^libs/event-store/core\\.ts$' },
      to: { pathNot: '^libs/event-store/core\\.ts$' },
    },
    {
      name: 'domain-is-pure',
      comment: 'Facts, refusals and deciders touch values only: put I/O into a command, consumer or query.',
      severity: 'error',
      from: { path: '^apps/.*\\.(events|errors)\\.ts$' },
      to: {
        pathNot:
          '^(apps/.*(/[a-z-]+|\\.events|\\.errors|\\.exports)\\.ts|libs/(contracts|mapping|text|scim/filter|event-store/core)[/.].*)$',
      },
    },
    {
      name: 'kafkajs-only-in-the-bus',
      comment: 'kafkajs sits behind the EventBus port: subscribe or publish there.',
      severity: 'error',
      from: { pathNot: '^(libs/event-bus/|test/)' },
      to: { path: '^node_modules/kafkajs/' },
    },
    {
      name: 'undici-only-in-clients',
      comment: 'Calls to applications go through libs/outgoing, which checks addresses and never follows redirects.',
      severity: 'error',
      from: { pathNot: '^(libs/outgoing/|libs/auth/|test/)' },
      to: { path: '^node_modules/undici/' },
    },
    {
      name: 'no-protocol-above-the-port',
      comment:
        'Code above the target port knows no protocol: use apps/provisioning/src/targets/target.ts, and add there what it lacks.',
      severity: 'error',
      from: { path: '^apps/provisioning/src/', pathNot: '^apps/provisioning/src/targets/scim/' },
      to: { path: '^libs/scim/client/' },
    },
    {
      name: 'protocols-meet-through-the-port',
      comment: 'The port and its values know no protocol: only the exports of the feature name what implements it.',
      severity: 'error',
      from: { path: '^apps/provisioning/src/targets/[^/]+\\.ts$', pathNot: '\\.exports\\.ts$' },
      to: { path: '^apps/provisioning/src/targets/[^/]+/' },
    },
    {
      name: 'production-never-imports-tests',
      comment: 'What production needs is production: move it out of test/.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|fixtures|contract)\\.ts$' },
      to: { path: '^test/|\\.(spec|fixtures)\\.ts$' },
    },
    {
      name: 'not-to-dev-dependencies',
      comment: 'Production runs without devDependencies: make it a dependency, or move the code into test/.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.(spec|fixtures|contract)\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'], pathNot: '^node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
    exclude: { path: '^dist/' },
  },
};
