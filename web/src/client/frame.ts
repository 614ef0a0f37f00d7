/** From socket text to a frame. Whatever isn't a frame of this client's is null: the socket must outlive it. */
import type { ItemFrame, NotificationFrame, ServerFrame, UpdatedFrame } from './frame-types.js';
import type { WireNotification } from './types.js';

/** What is shown of a notification. */
export const CONTENT_FIELDS = 'title message notification_type created_at changed';

const ITEM = `notification_id ${CONTENT_FIELDS}`;

/** The fields that a frame must have. */
const itemFields: Record<ItemFrame['type'], string> = {
  notification: ITEM,
  notification_updated: ITEM,
  notification_state: 'notification_id changed',
};

const frameFields: Record<ServerFrame['type'], string> = {
  ...itemFields,
  read_all: 'up_to',
  seen_all: 'up_to',
  welcome: 'user cursor unread_count unseen_count',
  sync: 'cursor more recovered',
  reconnect: 'after_ms',
  error: 'code',
  pong: 'type',
};

const fieldTypes: Record<string, string> = {
  unread_count: 'number',
  unseen_count: 'number',
  after_ms: 'number',
  more: 'boolean',
  recovered: 'boolean',
};

/** Whether a value has all of these fields, each of its kind; most are text. */
export function hasFields(value: unknown, fields: string): boolean {
  const known = value as Record<string, unknown> | null;
  const fits = (field: string) => typeof known?.[field] === (fieldTypes[field] ?? 'string');
  return fields.split(' ').every(fits);
}

function isOneOf(value: unknown, known: Record<string, string>): boolean {
  if (!hasFields(value, 'type')) return false;
  const { type } = value as { type: string };
  return Object.hasOwn(known, type) && hasFields(value, known[type] as string);
}

/** Reads a text frame; null for anything that says nothing here (later additions, noise). */
export function parseFrame(data: unknown): ServerFrame | null {
  let value: unknown;
  try {
    value = JSON.parse(data as string);
  } catch {}
  if (!isOneOf(value, frameFields)) return null;
  const frame = value as ServerFrame;
  if (frame.type !== 'sync') return frame;
  if (!Array.isArray(frame.changes)) return null;
  return { ...frame, changes: frame.changes.filter((change) => isOneOf(change, itemFields)) };
}

/** The notification inside a frame, in the shape that REST gives it. */
export function fromFrame(frame: NotificationFrame | UpdatedFrame): WireNotification {
  const { type: _, notification_id: id, unread_count: __, ...rest } = frame;
  return { ...rest, id };
}
