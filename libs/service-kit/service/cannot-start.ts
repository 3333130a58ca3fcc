/** A reason not to start that the operator can correct: reported as text, without a stack. */
export abstract class CannotStart extends Error {}
