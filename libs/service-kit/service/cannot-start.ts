/** A reason not to start that the operator can mend: told in words, without a stack. */
export abstract class CannotStart extends Error {}
