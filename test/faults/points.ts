/**
 * Every crash point of the code, told apart by where it lies, with the nth time it is reached at which the process dies.
 * README.md says what each one is; points.spec.ts compares both with the code.
 */
export const crashPoints = {
  services: [
    'hr.before-append',
    'hr.after-append',
    'hr.import.mid-batch',
    'governance.before-commit:2',
    'governance.request.after-append',
    'audit.before-commit',
    'audit.after-commit',
  ],
  bus: ['bus.before-commit:3', 'bus.after-commit:3'],
  provisioning: [
    'provisioning.before-intent',
    'provisioning.after-intent',
    'provisioning.after-call',
    'provisioning.after-call:3',
    'provisioning.after-outcome',
    'provisioning.group-after-intent',
    'provisioning.group-after-call',
  ],
  readings: ['provisioning.reading-after-page', 'provisioning.reading-after-page:2', 'provisioning.reading-before-end'],
  kafka: ['relay.after-publish'],
} as const;
