/** What travels over the socket, as the protocol has it. */
import type { WireNotification } from './types.js';

/** A notification that was just created. */
export interface NotificationFrame extends Omit<WireNotification, 'id' | 'user'> {
  readonly type: 'notification';
  readonly notification_id: string;
  readonly unread_count?: number;
}

/** A notification that says something else now; that is no reason to ring. */
export interface UpdatedFrame extends Omit<NotificationFrame, 'type'> {
  readonly type: 'notification_updated';
}

/** A notification whose state changed, on this device or another. */
export interface StateFrame {
  readonly type: 'notification_state';
  readonly notification_id: string;
  readonly changed: string;
  readonly is_read: boolean;
  readonly seen_at?: string | null;
  readonly read_at?: string | null;
  readonly archived_at?: string | null;
  readonly snoozed_until?: string | null;
  readonly deleted: boolean;
  readonly unread_count?: number;
}

/** Everything up to a change id became read, in one step. */
export interface ReadAllFrame {
  readonly type: 'read_all';
  readonly up_to: string;
  readonly unread_count?: number;
}

/** Everything up to a change id has been seen in the list. */
export interface SeenAllFrame {
  readonly type: 'seen_all';
  readonly up_to: string;
  readonly unseen_count?: number;
}

/** The frames that tell of one notification. */
export type ItemFrame = NotificationFrame | UpdatedFrame | StateFrame;

/** The frames that change what is known of the inbox. */
export type ChangeFrame = ItemFrame | ReadAllFrame | SeenAllFrame;

/** The answer to a hello: whose inbox it is, where it stands, and how the server wants to be treated. */
export interface WelcomeFrame {
  readonly type: 'welcome';
  readonly user: string;
  readonly unread_count: number;
  readonly unseen_count: number;
  readonly read_watermark?: string | null;
  readonly seen_watermark?: string | null;
  readonly cursor: string;
  readonly ping_interval_s?: number;
  readonly reconnect?: { readonly min_ms?: number; readonly max_ms?: number };
  readonly max_age_s?: number;
}

/** A part of what changed since the cursor of a hello. */
export interface SyncFrame {
  readonly type: 'sync';
  readonly changes: readonly ItemFrame[];
  readonly cursor: string;
  readonly more: boolean;
  /** False: what changed can't be told any more; only the list can. */
  readonly recovered: boolean;
}

/** The server is about to close the socket and says when to come back. */
export interface ReconnectFrame {
  readonly type: 'reconnect';
  readonly after_ms: number;
}

/** The last frame was not understood. */
export interface ErrorFrame {
  readonly type: 'error';
  readonly code: string;
}

/** The answer to a ping. */
export interface PongFrame {
  readonly type: 'pong';
}

/** Everything that the server says. */
export type ServerFrame = ChangeFrame | WelcomeFrame | SyncFrame | ReconnectFrame | ErrorFrame | PongFrame;
