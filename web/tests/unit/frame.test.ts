import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromFrame, parseFrame } from '../../src/client/frame.js';
import { notificationFrame, stateFrame, sync, uuid, welcome } from './support.js';

test('the frames of the protocol are read', () => {
  for (const frame of [
    notificationFrame(1),
    { ...notificationFrame(1), type: 'notification_updated' },
    stateFrame(1, 2),
    { type: 'read_all', up_to: uuid(1), unread_count: 0 },
    { type: 'seen_all', up_to: uuid(1), unseen_count: 0 },
    welcome(),
    welcome({ read_watermark: uuid(1), seen_watermark: uuid(2) }),
    sync([notificationFrame(1), stateFrame(2, 3, { deleted: true })]),
    sync([], { more: true, recovered: false }),
    { type: 'reconnect', after_ms: 500 },
    { type: 'error', code: 'unknown_type', detail: 'y' },
    { type: 'pong' },
  ]) {
    assert.deepEqual(parseFrame(JSON.stringify(frame)), frame);
  }
});

test('everything else is nothing, and nothing throws', () => {
  const noise = [
    'not json',
    '[]',
    '7',
    'null',
    '"text"',
    '{}',
    '{"type":7}',
    '{"type":"later"}',
    '{"type":"constructor"}',
    '{"type":"error"}',
    '{"type":"welcome"}',
    JSON.stringify({ ...welcome(), cursor: null }),
    JSON.stringify({ ...welcome(), user: 7 }),
    JSON.stringify({ ...welcome(), unread_count: '3' }),
    '{"type":"sync","changes":{},"cursor":"c","more":false,"recovered":true}',
    '{"type":"sync","changes":[],"cursor":"c","recovered":true}',
    '{"type":"reconnect","after_ms":"soon"}',
    '{"type":"seen_all"}',
    '{"type":"notification","notification_id":"x"}',
    '{"type":"notification_state","notification_id":"x"}',
    '{"type":"read_all"}',
    new ArrayBuffer(2),
    undefined,
  ];
  for (const data of noise) assert.equal(parseFrame(data), null);
});

test('a sync is read without the changes that make no sense', () => {
  const good = notificationFrame(1);
  const noise = [
    null,
    7,
    [],
    {},
    { type: 'notification' },
    { type: 'welcome' },
    { type: 'read_all', up_to: 'x' },
  ];
  const frame = parseFrame(JSON.stringify({ ...sync([]), changes: [...noise, good] }));
  assert.deepEqual(frame, sync([good]));
});

test('a frame becomes a notification as REST would give it', () => {
  const made = fromFrame(notificationFrame(1, { unread_count: 3 }));
  assert.equal(made.id, uuid(1));
  assert.equal('unread_count' in made || 'type' in made || 'notification_id' in made, false);
});
