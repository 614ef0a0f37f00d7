import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFrame } from '../../src/client/merge.js';
import { nothingPending, shownItems, shownUnread } from '../../src/client/pending.js';
import { item, notificationFrame, stateFrame, stateOf, uuid } from './support.js';

test('an action shows at once and rolls back by being forgotten', () => {
  const state = stateOf([item(1), item(2)]);
  const pending = { ...nothingPending, read: new Set([uuid(1)]), removed: new Set([uuid(2)]) };
  assert.deepEqual(
    shownItems(state, pending).map(({ id, read }) => [id, read]),
    [[uuid(1), true]],
  );
  assert.equal(shownUnread(state, pending), 0);
  assert.equal(shownUnread(state, nothingPending), 2);
});

test('an action that the server confirmed by a frame is not counted twice', () => {
  const state = applyFrame(stateOf([item(1), item(2)]), stateFrame(1, 5, { unread_count: 1 }));
  assert.equal(shownUnread(state, { ...nothingPending, read: new Set([uuid(1)]) }), 1);
});

test('during mark-all only what came after it counts', () => {
  const before = stateOf([item(1), item(2)], { unread: 100 });
  const pending = { ...nothingPending, read: new Set(before.items.keys()), all: true };
  assert.equal(shownUnread(before, pending), 0);
  assert.equal(shownUnread(applyFrame(before, notificationFrame(3)), pending), 1);
});

test('at the cap an action does not pretend to know the count', () => {
  const state = stateOf([item(1)], { unread: 100 });
  assert.equal(shownUnread(state, { ...nothingPending, read: new Set([uuid(1)]) }), 100);
});
