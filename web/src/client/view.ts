/** What the client shows to whoever draws it. */
import type { NotificationType, WireNotification } from './types.js';
import { safeHref } from './url.js';

/** Where the client is: still loading, showing a list, unable to load one, or without a session. */
export type Status = 'loading' | 'ready' | 'error' | 'signed-out';

/** The lists: what is neither archived nor asleep, what of it is unread, and each of those two. */
export type Tab = 'all' | 'unread' | 'archived' | 'snoozed';

/** A notification as it is to be shown, with the user's own actions already done. */
export interface Notification {
  readonly id: string;
  readonly title: string;
  readonly message: string;
  readonly type: NotificationType;
  readonly category: string | null;
  /** RFC 3339, like every time here. */
  readonly createdAt: string;
  readonly read: boolean;
  readonly readAt: string | null;
  readonly seenAt: string | null;
  readonly archived: boolean;
  /** Until when it sleeps. */
  readonly snoozedUntil: string | null;
  /** Where it leads, checked: a path on this origin, or http(s). */
  readonly url: string | null;
  /** What the sender has put in for the page's own use. */
  readonly data: Readonly<Record<string, unknown>> | null;
  /** How many alerts it stands for: more than one where repeated ones were folded into it. */
  readonly count: number;
}

/** Everything a view needs, as of the last `change` event. */
export interface ClientView {
  readonly status: Status;
  readonly tab: Tab;
  /** The list of the tab, newest first, without what is held back. */
  readonly items: readonly Notification[];
  /** How many of them are held back. */
  readonly fresh: number;
  /** The list goes on. */
  readonly more: boolean;
  readonly loadingMore: boolean;
  /** Unread notifications; 100 means 100 or more. */
  readonly unread: number;
  /** Unread ones that came after the list was last looked at; 100 means 100 or more. */
  readonly unseen: number;
  /** Something is asleep. */
  readonly hasSnoozed: boolean;
  /** The socket is open, and the server answers. */
  readonly live: boolean;
  /** The socket is out and a first attempt to bring it back has failed too. */
  readonly offline: boolean;
}

/** What can fail, by the name of the method. */
export type ActionName =
  | 'markRead'
  | 'markUnread'
  | 'archive'
  | 'unarchive'
  | 'snooze'
  | 'remove'
  | 'markAllRead'
  | 'markSeen'
  | 'loadMore';

/** An action that didn't work and was rolled back. */
export interface Failure {
  /** Null where it was about the whole inbox. */
  readonly id: string | null;
  readonly action: ActionName;
  readonly error: unknown;
}

// What hasn't changed stays the same object, so that whoever draws a long list can leave it alone.
const notificationCache = new WeakMap<WireNotification, Notification>();

/** A notification in the shape in which it is shown. */
export function toNotification(item: WireNotification, read: boolean): Notification {
  const before = notificationCache.get(item);
  if (before?.read === read) return before;
  const now: Notification = {
    id: item.id,
    title: item.title,
    message: item.message,
    type: item.notification_type,
    category: item.category ?? null,
    createdAt: item.created_at,
    read,
    readAt: item.read_at ?? null,
    seenAt: item.seen_at ?? null,
    archived: !!item.archived_at,
    snoozedUntil: item.snoozed_until ?? null,
    url: safeHref(item.redirect_url),
    data: item.data ?? null,
    count: item.count ?? 1,
  };
  notificationCache.set(item, now);
  return now;
}
