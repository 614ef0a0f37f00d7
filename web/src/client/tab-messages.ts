/** What the tabs of a browser say to each other about their one socket. */

/** How the leading tab stands: connected, about to be, or refused. */
export type LineState = 'open' | 'wait' | 'down';

/** What tabs say to each other. */
export interface Message {
  readonly from: string;
  /** Who it is for, if not for all. */
  readonly to?: string;
  /** To the leading tab: whether someone looks at this one, and what it asks the server, or else how things stand. */
  readonly looked?: boolean;
  readonly ask?: string;
  /** From the leading tab. */
  readonly state?: LineState;
  readonly text?: string;
  /** The session has ended, as that tab was told. */
  readonly ended?: true;
}
