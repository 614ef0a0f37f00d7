/** Every word the component says, in one place, so that a language is one object. */
import type { NotificationType } from '../client/types.js';
import type { ActionName } from '../client/view.js';

const types: Record<NotificationType, string> = {
  info: 'Information',
  success: 'Success',
  warning: 'Warning',
  error: 'Error',
  report_ready: 'Report ready',
  report_error: 'Report failed',
  role_changed: 'Role changed',
  permission_denied: 'Permission denied',
};

const failures: Partial<Record<ActionName, string>> = {
  markRead: "Couldn't mark this as read. Try again.",
  remove: "Couldn't delete this. Try again.",
  markAllRead: "Couldn't mark everything as read. Try again.",
  loadMore: "Couldn't load more. Try again.",
};

/** English. */
export const en = {
  lang: 'en',
  types,
  failures,
  heading: 'Notifications',
  bell: (unread: number) => {
    if (unread === 0) return 'Notifications';
    return unread > 99 ? 'Notifications, more than 99 unread' : `Notifications, ${unread} unread`;
  },
  markAll: 'Mark all as read',
  close: 'Close notifications',
  unread: 'Unread',
  markRead: 'Mark as read',
  remove: 'Delete',
  dismiss: 'Dismiss',
  about: (action: string, title: string) => `${action}: ${title}`,
  showMore: 'Show more',
  showLess: 'Show less',
  loadMore: 'Load more',
  loading: 'Loading notifications',
  loadingMore: 'Loading',
  emptyTitle: 'All quiet',
  emptyText: 'When something needs you, it rings here.',
  errorTitle: "Notifications couldn't be loaded",
  errorText: 'It keeps trying by itself.',
  retry: 'Try now',
  signedOutTitle: 'You are signed out',
  signedOutText: 'Sign in to see your notifications.',
  offline: 'Offline. Reconnecting; new notifications will appear by themselves.',
  toasts: 'New notifications',
  arrived: (count: number, title: string) => `${count} new notifications. Latest: ${title}`,
  now: 'now',
};

/** The shape of a language. */
export type Messages = typeof en;
