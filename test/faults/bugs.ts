import type { Bug } from './planted-build.js';

/** No look-up before an account is created. */
export const neverLooks: Bug = {
  file: 'apps/provisioning/src/reconcile/look-ups/look-ups.js',
  text: 'return match(sought, await this.target.accounts.find(sought, call));',
  instead: 'return match(sought, []);',
};
/** Desired access of an older version counts. */
export const versionIgnored: Bug = {
  file: 'apps/provisioning/src/accounts/desired-work.store.js',
  text: 'where (excluded.epoch, excluded.sequence) > (d.epoch, d.sequence)',
  instead: '',
};
/** The place of the Postgres transport, in a transaction of its own before the effects. */
export const placeFirst: Bug = {
  file: 'libs/event-bus/consumer/consumer.js',
  text: 'const work = newWork();\n        if (page.length > 0) {',
  instead: `const early = newWork();
        transport.move(early);
        await early.commit();
        transport = { ...transport, move: () => undefined };
        const work = newWork();
        if (page.length > 0) {`,
};
/** The offset of the Kafka transport, before the effects are committed. */
export const offsetFirst: Bug = {
  file: 'libs/event-bus/kafka/kafka-batches.js',
  text: 'const taken = await pages.take(',
  instead: `offsets.note(topic, partition, next);
            await offsets.told();
            const taken = await pages.take(`,
};

/**
 * A rule matches whom it should not: of people whom something else touches, too, because the rule itself finds by SQL those whom
 * it matches.
 */
export const matchesTooMany: Bug = {
  file: 'apps/governance/src/policy/catalog-snapshot.js',
  text: 'of this.rules.matching(resource)',
  instead: `of [...this.rules.matching(resource), ...(resource.status === 'on-leave' ? this.rulesGiving('checker') : [])
            .map(({ id, document }) => ({ id, packages: document.packages }))]`,
};
/** Incompatible packages are given together. */
export const clashesIgnored: Bug = {
  file: 'apps/governance/src/assignments/birthright.js',
  text: 'given.clashes(packageId, held)',
  instead: 'false',
};
