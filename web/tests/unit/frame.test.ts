import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromFrame, parseFrame } from '../../src/client/frame.js';
import { notificationFrame, stateFrame, uuid } from './support.js';

test('the frames that change something are read', () => {
  for (const frame of [
    notificationFrame(1),
    stateFrame(1, 2),
    { type: 'read_all', up_to: uuid(1), unread_count: 0 },
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
    '{"type":"pong"}',
    '{"type":"later"}',
    '{"type":"constructor"}',
    '{"type":"error","code":"x","detail":"y"}',
    '{"type":"notification","notification_id":"x"}',
    '{"type":"notification_state","notification_id":"x"}',
    '{"type":"read_all"}',
    new ArrayBuffer(2),
    undefined,
  ];
  for (const data of noise) assert.equal(parseFrame(data), null);
});

test('a frame becomes a notification as REST would give it', () => {
  const made = fromFrame(notificationFrame(1, { unread_count: 3 }));
  assert.equal(made.id, uuid(1));
  assert.equal('unread_count' in made || 'type' in made || 'notification_id' in made, false);
});
