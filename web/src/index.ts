/** The bundle: importing it defines `<belfry-inbox>`. */
import type { Notification } from './client/index.js';
import { BelfryInbox } from './ui/element.js';

export type { Messages } from './ui/messages.js';
export type { Notification };
export { BelfryInbox };

// A page may load the script twice; defining an element twice throws.
if (!customElements.get('belfry-inbox')) customElements.define('belfry-inbox', BelfryInbox);

/** The counts of an inbox; 100 means 100 or more. */
export interface Counts {
  readonly count: number;
  readonly unseen: number;
}

declare global {
  interface HTMLElementTagNameMap {
    'belfry-inbox': BelfryInbox;
  }

  interface HTMLElementEventMap {
    'belfry-notification': CustomEvent<Notification>;
    'belfry-unread': CustomEvent<Counts>;
    'belfry-click': CustomEvent<Notification>;
  }
}
