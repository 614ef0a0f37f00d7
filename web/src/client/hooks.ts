/** What the parts of the client tell of besides the view. */
import type { WireNotification } from './types.js';
import type { Failure } from './view.js';

/** Who wants to know. */
export interface Hooks {
  /** One has just arrived. */
  onArrival(item: WireNotification): void;
  /** One says something else now. */
  onUpdated(item: WireNotification): void;
  /** An action was rolled back. */
  onFailure(action: Failure['action'], error: unknown, id?: string): void;
  /** Says whether an error needs nothing more done about it: the session or the client has ended. */
  handleSessionEnd(error: unknown): boolean;
}
