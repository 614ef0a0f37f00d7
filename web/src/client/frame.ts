/** From socket text to a frame. Whatever isn't a frame of this client's is null: the socket must outlive it. */
import type { ChangeFrame, NotificationFrame } from './types.js';

type Loose = Record<string, unknown>;

const text = (value: unknown): value is string => typeof value === 'string';

function isNotification(frame: Loose): boolean {
  return (
    text(frame.notification_id) &&
    text(frame.title) &&
    text(frame.message) &&
    text(frame.notification_type) &&
    text(frame.created_at) &&
    text(frame.changed)
  );
}

const shapes: Record<ChangeFrame['type'], (frame: Loose) => boolean> = {
  notification: isNotification,
  notification_state: (frame) => text(frame.notification_id) && text(frame.changed),
  read_all: (frame) => text(frame.up_to),
};

/** Reads a text frame; null for anything that changes nothing here (pong, errors, later additions, noise). */
export function parseFrame(data: unknown): ChangeFrame | null {
  let frame: Loose | null;
  try {
    frame = text(data) ? JSON.parse(data) : null;
  } catch {
    return null;
  }
  if (typeof frame !== 'object' || frame === null || !text(frame.type)) return null;
  const fits = Object.hasOwn(shapes, frame.type) && shapes[frame.type as ChangeFrame['type']](frame);
  return fits ? (frame as unknown as ChangeFrame) : null;
}

/** The notification inside a frame, in the shape that REST gives it. */
export function fromFrame(frame: NotificationFrame) {
  const { type: _, notification_id: id, unread_count: __, ...rest } = frame;
  return { ...rest, id };
}
