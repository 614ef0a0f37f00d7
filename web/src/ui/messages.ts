/** Every word the component says. A language is one flat object, so that it can also be a small JSON file. */

/** A text, or one for each plural category of the language. `{n}`, `{title}` and `{action}` are filled in. */
export type Phrase = string | { readonly [category: string]: string };

/** English. */
export const en = {
  lang: 'en',
  heading: 'Notifications',
  bell: 'Notifications, {n} new',
  'tab.all': 'All',
  'tab.unread': 'Unread',
  'tab.archived': 'Archived',
  'tab.snoozed': 'Snoozed',
  'type.info': 'Information',
  'type.success': 'Success',
  'type.warning': 'Warning',
  'type.error': 'Error',
  'type.report_ready': 'Report ready',
  'type.report_error': 'Report failed',
  'type.role_changed': 'Role changed',
  'type.permission_denied': 'Permission denied',
  empty: 'All quiet',
  nothing: 'Nothing here',
  markAll: 'Mark all as read',
  close: 'Close',
  read: 'Mark as read',
  unread: 'Mark as unread',
  archive: 'Archive',
  unarchive: 'Move back',
  snooze: 'Snooze',
  wake: 'Wake now',
  remove: 'Delete',
  undo: 'Undo',
  dismiss: 'Dismiss',
  about: '{action}: {title}',
  times: 'Happened {n} times',
  until: 'until {time}',
  loadMore: 'Load more',
  busy: 'Loading',
  fresh: '{n} new',
  arrived: '{n} new notifications. Latest: {title}',
  toasts: 'New notifications',
  now: 'now',
  archived: 'Archived: {title}',
  snoozed: 'Snoozed: {title}',
  removed: 'Deleted: {title}',
  failed: "That didn't work. Try again.",
  error: "Notifications couldn't be loaded",
  retry: 'Try now',
  signedOut: 'You are signed out',
  offline: 'Offline. Reconnecting…',
  desktop: 'Allow desktop notifications',
  keys: 'Keyboard shortcuts',
  shortcuts:
    'j\tNext\nk\tPrevious\nEnter\tOpen\nu\tRead or unread\ne\tArchive\ns\tSnooze\n#\tDelete\nz\tUndo\n?\tThis list',
};

/** The shape of a language. */
export type Messages = { readonly [key in keyof typeof en]: Phrase } & { readonly lang: string };
