import type { Fact } from '#libs/event-store/core.js';

/**
 * A group of an application, as far as the hub made or found it. Stream: `group-<uuid of its name>.<connector>`. It
 * concerns no single person, so it is not published.
 */
export type GroupEvent = GroupCreationStarted | GroupCreationFailed | GroupLinked | GroupGone | GroupRenamed;

interface GroupTerms {
  readonly connector: string;
  readonly name: string;
}

export type GroupCreationStarted = Fact<'GroupCreationStarted', 1, GroupTerms & { readonly startedAt: string }>;
export type GroupCreationFailed = Fact<
  'GroupCreationFailed',
  1,
  GroupTerms & { readonly code: string; readonly effectUnknown: boolean; readonly failedAt: string }
>;
/** Found by its name, or created. */
export type GroupLinked = Fact<'GroupLinked', 1, GroupTerms & { readonly groupId: string; readonly created: boolean }>;
/** It was known and does not exist any more. */
export type GroupGone = Fact<'GroupGone', 1, GroupTerms & { readonly groupId: string }>;
/** It is there under another name, and none is under this one: whether its members should be there is in question. */
export type GroupRenamed = Fact<'GroupRenamed', 1, GroupTerms & { readonly groupId: string }>;

export const groupFacts = [
  'GroupCreationStarted',
  'GroupCreationFailed',
  'GroupLinked',
  'GroupGone',
  'GroupRenamed',
] as const;
