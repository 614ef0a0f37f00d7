/** The icons, drawn for this component on a 24 grid. They are decoration: the words beside them carry the meaning. */
import type { NotificationType } from '../client/index.js';
import { type Drawing, h } from './draw.js';
import { en } from './messages.js';

const RING = 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0';
const SHEET = 'M6 3h8l4 4v14H6zm8 0v4h4';
const OUT = 'M4 14v6h16v-6m-8 1V4M8 8l4-4 4 4';

const shapes = {
  info: `${RING}m9-1v5m0-9h.01`,
  success: `${RING}m5 0 3 3 5-5`,
  warning: 'M12 4 3 20h18zm0 6v4m0 3h.01',
  error: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zm1 6 6 6m0-6-6 6',
  report_ready: `${SHEET}m-9 7 2 2 4-4`,
  report_error: `${SHEET}m-8 5 4 4m0-4-4 4`,
  role_changed: 'M5 8a4 4 0 1 0 8 0 4 4 0 1 0-8 0M2 20c1-7 8-7 11-5m2 1h6l-2-2m2 6h-6l2 2',
  permission_denied: 'M12 3 5 6v6c0 4 3 7 7 9 4-2 7-5 7-9V6zm-4 9h8',
  bell: 'M5 17c2-2 2-3 2-7a5 5 0 0 1 10 0c0 4 0 5 2 7zm5 3a2 2 0 0 0 4 0',
  read: 'm5 12 5 5L20 7',
  unread: 'M4 6h16v12H4zl8 7 8-7',
  archive: 'M3 4h18v5H3zm2 5v11h14V9m-9 4h4',
  unarchive: OUT,
  wake: OUT,
  snooze: `${RING}m9-5v5l3 2`,
  remove: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  close: 'm6 6 12 12m0-12L6 18',
  cloud: 'M7 18a4 4 0 0 1 0-8 6 6 0 0 1 11 1 4 4 0 0 1 0 7zM4 4l16 16',
};

/** The name of an icon. */
export type IconName = keyof typeof shapes;

/** Draws an icon in the colour of the text around it. */
export function icon(name: IconName): Drawing {
  return h('svg', { viewBox: '0 0 24 24', 'aria-hidden': true }, h('path', { d: shapes[name] }));
}

/** The notification type to draw and name; a type this version doesn't know yet is drawn as information. */
export function knownType(type: string): NotificationType {
  return `type.${type}` in en ? (type as NotificationType) : 'info';
}

/** Whether a type may interrupt what a screen reader is saying. */
export function isCritical(type: string): boolean {
  return /error|denied/.test(type);
}
