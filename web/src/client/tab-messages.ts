/** The messages that tabs post to each other about the socket they share. */

/** The state of the leader's socket: open, about to open, or refused. */
export type LeaderState = 'open' | 'wait' | 'down';

/** A message on the BroadcastChannel. */
export interface TabMessage {
  readonly from: string;
  /** The tab that the message is for; without it, all tabs. */
  readonly to?: string;
  /** From a follower: the user looks at this tab. */
  readonly focused?: boolean;
  /** From a follower: the frame to send to the server. Without a request, the leader answers with its state. */
  readonly request?: string;
  /** From the leader. */
  readonly state?: LeaderState;
  /** From the leader: a frame of the server. */
  readonly text?: string;
  /** The session has ended. */
  readonly ended?: true;
}
