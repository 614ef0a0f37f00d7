import type { NotificationFrame, StateFrame, SyncFrame, WelcomeFrame } from '../../src/client/frame-types.js';
import { emptyState, type InboxState } from '../../src/client/state.js';
import type { NotificationPage, WireNotification } from '../../src/client/types.js';

/** A UUIDv7-shaped id whose order is that of `n`. */
export function uuid(n: number): string {
  return `0190a000-${n.toString(16).padStart(4, '0')}-7000-8000-000000000000`;
}

export function item(n: number, over: Partial<WireNotification> = {}): WireNotification {
  return {
    id: uuid(n),
    user: 'ana',
    title: `Title ${n}`,
    message: 'Message',
    notification_type: 'info',
    is_read: false,
    created_at: '2026-01-01T00:00:00.000Z',
    changed: uuid(n),
    redirect_url: null,
    ...over,
  };
}

export function page(
  results: readonly WireNotification[],
  over: Partial<NotificationPage> = {},
): NotificationPage {
  const marks = { read_watermark: null, seen_watermark: null };
  return { results, next: null, unread_count: results.length, ...marks, ...over };
}

export function notificationFrame(n: number, over: Partial<NotificationFrame> = {}): NotificationFrame {
  const { id, user: _, ...rest } = item(n);
  return { type: 'notification', notification_id: id, ...rest, ...over };
}

export function stateFrame(n: number, changed: number, over: Partial<StateFrame> = {}): StateFrame {
  return {
    type: 'notification_state',
    notification_id: uuid(n),
    changed: uuid(changed),
    is_read: true,
    deleted: false,
    ...over,
  };
}

export function welcome(over: Partial<WelcomeFrame> = {}): WelcomeFrame {
  const counts = { unread_count: 0, unseen_count: 0 };
  const marks = { read_watermark: null, seen_watermark: null };
  return { type: 'welcome', user: 'ana', ...counts, ...marks, cursor: 'c-welcome', ...over };
}

export function sync(changes: SyncFrame['changes'], over: Partial<SyncFrame> = {}): SyncFrame {
  return { type: 'sync', changes, cursor: 'c-sync', more: false, recovered: true, ...over };
}

/** What ana's client knows once these are loaded. */
export function stateOf(items: readonly WireNotification[], over: Partial<InboxState> = {}): InboxState {
  const unread = items.filter((it) => !it.is_read).length;
  const known = new Map(items.map((it) => [it.id, it]));
  const lists = { all: { next: null, floor: null } };
  return { ...emptyState, user: 'ana', items: known, lists, unread, unseen: unread, ...over };
}

export const ids = (items: Iterable<{ readonly id: string }>): string[] => [...items].map(({ id }) => id);

/** Lets everything that waits for nothing but its turn happen. */
export async function flushMicrotasks(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
