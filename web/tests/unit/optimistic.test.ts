import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFrame } from '../../src/client/merge.js';
import { type Action, applyOptimistic, noOptimisticUpdate } from '../../src/client/optimistic.js';
import { type InboxState, isRead, newestFirst } from '../../src/client/state.js';
import type { Tab } from '../../src/client/view.js';
import { ids, item, notificationFrame, stateFrame, stateOf, uuid } from './support.js';

const updates = (...done: [number, Action][]) => ({
  ...noOptimisticUpdate,
  actions: new Map(done.map(([n, action]) => [uuid(n), action])),
});
const in_ = (state: InboxState, tab: Tab) => ids(newestFirst(state, tab));

test('an action shows at once and rolls back by being forgotten', () => {
  const state = stateOf([item(1), item(2)]);
  const optimistic = applyOptimistic(state, updates([1, { name: 'markRead' }], [2, { name: 'remove' }]));
  assert.deepEqual(
    newestFirst(optimistic).map((it) => [it.id, isRead(it, null)]),
    [[uuid(1), true]],
  );
  assert.deepEqual([optimistic.unread, optimistic.unseen], [0, 0]);
  assert.equal(applyOptimistic(state, noOptimisticUpdate), state);
  assert.equal(state.unread, 2);
});

test('each action moves a notification to where it belongs, on top of what is there', () => {
  const archived_at = '2026-01-01T00:00:00.000Z';
  const state = stateOf([item(1), item(2), item(9, { is_read: true, archived_at })]);
  const until = '2026-01-02T00:00:00.000Z';
  const archived = applyOptimistic(state, updates([1, { name: 'archive' }]));
  assert.deepEqual([in_(archived, 'all'), in_(archived, 'archived')], [[uuid(2)], [uuid(1), uuid(9)]]);
  const snoozed = applyOptimistic(state, updates([1, { name: 'snooze', until }]));
  assert.deepEqual([in_(snoozed, 'all'), in_(snoozed, 'snoozed')], [[uuid(2)], [uuid(1)]]);
  const back = applyOptimistic(state, updates([9, { name: 'unarchive' }]));
  assert.deepEqual(
    [in_(back, 'all'), in_(back, 'unread')],
    [
      [uuid(9), uuid(2), uuid(1)],
      [uuid(2), uuid(1)],
    ],
  );
  const unread = applyOptimistic(state, updates([9, { name: 'markUnread' }]));
  assert.deepEqual(in_(unread, 'unread'), [uuid(9), uuid(2), uuid(1)]);
  assert.deepEqual([archived.unread, snoozed.unread, back.unread, unread.unread], [1, 1, 2, 3]);
});

test('marking unread shows also below the watermark', () => {
  const state = stateOf([item(1)], { readWatermark: uuid(5), unread: 0 });
  assert.deepEqual(in_(state, 'unread'), []);
  assert.deepEqual(in_(applyOptimistic(state, updates([1, { name: 'markUnread' }])), 'unread'), [uuid(1)]);
});

test('an action that the server confirmed by a frame is not counted twice', () => {
  const state = applyFrame(stateOf([item(1), item(2)]), stateFrame(1, 5, { unread_count: 1 }));
  assert.equal(applyOptimistic(state, updates([1, { name: 'markRead' }])).unread, 1);
});

test('during mark-all only what came after it counts', () => {
  const before = stateOf([item(1), item(2)], { unread: 100 });
  const pending = { ...noOptimisticUpdate, readWatermark: uuid(2) };
  assert.equal(applyOptimistic(before, pending).unread, 0);
  assert.equal(applyOptimistic(applyFrame(before, notificationFrame(3)), pending).unread, 1);
});

test('while the list is being looked at only what came after that is unseen', () => {
  const before = stateOf([item(1), item(2)], { unread: 100, unseen: 100 });
  const pending = { ...noOptimisticUpdate, seenWatermark: uuid(2) };
  const { unread, unseen } = applyOptimistic(applyFrame(before, notificationFrame(3)), pending);
  assert.deepEqual([unread, unseen], [100, 1]);
});

test('at the cap an action does not pretend to know the count', () => {
  const state = stateOf([item(1)], { unread: 100 });
  assert.equal(applyOptimistic(state, updates([1, { name: 'markRead' }])).unread, 100);
});
