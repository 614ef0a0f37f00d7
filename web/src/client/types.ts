/** What travels between the browser and the server: REST bodies and socket frames, as the protocol has them. */

/** The eight kinds of notification. */
export type NotificationType =
  | 'info'
  | 'success'
  | 'warning'
  | 'error'
  | 'report_ready'
  | 'report_error'
  | 'role_changed'
  | 'permission_denied';

/** A notification, in the fields that the inbox uses. */
export interface Notification {
  readonly id: string;
  /** Absent when the notification came by a frame, which is only ever sent to its owner. */
  readonly user?: string;
  readonly title: string;
  readonly message: string;
  readonly notification_type: NotificationType;
  readonly is_read: boolean;
  readonly created_at: string;
  /** Id of the last change: a lowercase UUIDv7, so string order is time order. */
  readonly changed: string;
  readonly redirect_url: string | null;
  /** Set when a frame had to shorten the message; REST has the whole. */
  readonly truncated?: boolean;
}

/** One page of the list. */
export interface NotificationPage {
  readonly results: readonly Notification[];
  readonly next: string | null;
  /** Exact up to 100, and 100 above that. */
  readonly unread_count: number;
  readonly read_watermark: string | null;
}

/** Exact counts. */
export interface UnreadCount {
  readonly unread_count: number;
}

/** A notification that was just created. */
export interface NotificationFrame extends Omit<Notification, 'id' | 'user'> {
  readonly type: 'notification';
  readonly notification_id: string;
  readonly unread_count?: number;
}

/** A notification whose state changed, on this device or another. */
export interface StateFrame {
  readonly type: 'notification_state';
  readonly notification_id: string;
  readonly changed: string;
  readonly is_read: boolean;
  readonly deleted: boolean;
  readonly unread_count?: number;
}

/** Everything up to a change id became read, in one step. */
export interface ReadAllFrame {
  readonly type: 'read_all';
  readonly up_to: string;
  readonly unread_count?: number;
}

/** The frames that change what is shown. */
export type ChangeFrame = NotificationFrame | StateFrame | ReadAllFrame;

/** An RFC 9457 error body. */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
