/** `hub.operators`: a person released what a preview of a connector showed. Key: the connector. */
export const previewReleased = 'hub.provisioning.preview.released.v1';

export interface PreviewReleasedMessage {
  readonly connector: string;
  readonly preview: string;
  /** Only for some people. */
  readonly pilot: boolean;
  /** UUID of the actor: an identity, or the subject of a token without one. */
  readonly releasedBy: string;
  /** Personal to the actor. */
  readonly reason?: string;
}
