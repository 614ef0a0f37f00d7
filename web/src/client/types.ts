/** What travels by REST, as the protocol has it. */

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

/** A notification on the wire, in the fields that the client uses. */
export interface WireNotification {
  readonly id: string;
  /** Absent when the notification came by a frame, which is only ever sent to its owner. */
  readonly user?: string;
  readonly title: string;
  readonly message: string;
  readonly notification_type: NotificationType;
  readonly category?: string | null;
  readonly is_read: boolean;
  readonly created_at: string;
  /** Id of the last change: a lowercase UUIDv7, so string order is time order. */
  readonly changed: string;
  readonly redirect_url: string | null;
  readonly data?: Readonly<Record<string, unknown>> | null;
  /** How many alerts it stands for, where that is more than one. */
  readonly count?: number;
  readonly seen_at?: string | null;
  readonly read_at?: string | null;
  /** When it was put away. */
  readonly archived_at?: string | null;
  /** Until when it sleeps. */
  readonly snoozed_until?: string | null;
  /** Set when a frame had to shorten the message; REST has the whole. */
  readonly truncated?: boolean;
  /** The change that its words are from, where a state frame without words has moved it on since. */
  readonly textChange?: string;
}

/** One page of a list. */
export interface NotificationPage {
  readonly results: readonly WireNotification[];
  readonly next: string | null;
  /** Exact up to 100, and 100 above that. */
  readonly unread_count: number;
  readonly read_watermark: string | null;
  readonly seen_watermark?: string | null;
}

/** Exact counts. */
export interface UnreadCount {
  readonly unread_count: number;
  readonly unseen_count?: number;
}
