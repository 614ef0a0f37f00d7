import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFrame } from '../../src/client/merge.js';
import { appendPage, replacePage } from '../../src/client/pages.js';
import { findArrivals, newestFirst } from '../../src/client/state.js';
import { ids, item, notificationFrame, page, stateFrame, stateOf, uuid } from './support.js';

test('a reload drops what the server no longer has and keeps what came meanwhile', () => {
  const asked = stateOf([item(1), item(2)]);
  const now = applyFrame(asked, notificationFrame(4));
  const state = replacePage(asked, now, page([item(3), item(2)]));
  assert.deepEqual(
    newestFirst(state).map(({ id }) => id),
    [uuid(4), uuid(3), uuid(2)],
  );
});

test('a reload does not take back a read that came meanwhile', () => {
  const asked = stateOf([item(1)]);
  const now = applyFrame(asked, stateFrame(1, 5));
  assert.equal(replacePage(asked, now, page([item(1)])).items.get(uuid(1))?.is_read, true);
});

test('a reload for another user leaves nothing of the first behind', () => {
  const ana = stateOf([item(1)], { readWatermark: uuid(9) });
  const state = replacePage(ana, ana, page([item(2, { user: 'bruno' })]));
  assert.equal(state.readWatermark, null);
  assert.deepEqual([...state.items.keys()], [uuid(2)]);
});

test('what arrived while away is what is newer than anything known, unread and not shown yet', () => {
  const asked = stateOf([item(2)]);
  const now = applyFrame(asked, notificationFrame(5));
  const results = [item(7), item(5), item(4), item(3, { is_read: true }), item(2), item(1)];
  const found = findArrivals(asked, now, replacePage(asked, now, page(results)));
  assert.deepEqual(ids(found), [uuid(4), uuid(7)]);
});

test('what someone else has had all along does not ring', () => {
  const ana = stateOf([item(1)]);
  const bruno = replacePage(ana, ana, page([item(2, { user: 'bruno' })]));
  assert.deepEqual(findArrivals(ana, ana, bruno), []);
});

test('the loaded part ends with its last page, and nothing is kept below that end', () => {
  const asked = stateOf([item(9)]);
  const now = applyFrame(applyFrame(asked, notificationFrame(2)), notificationFrame(10));
  const first = replacePage(asked, now, page([item(9), item(8)], { next: '?cursor=8' }));
  assert.equal(first.lists.all?.floor, uuid(8));
  assert.deepEqual(ids(newestFirst(first)), [uuid(10), uuid(9), uuid(8)]);
  const second = appendPage(first, page([item(7)], { next: '?cursor=7' }));
  assert.equal(second.lists.all?.floor, uuid(7));
  const short = appendPage(second, page([], { next: '?cursor=6' }));
  assert.equal(short.lists.all?.floor, uuid(7));
  assert.equal(appendPage(short, page([item(1)])).lists.all?.floor, null);
});

test('a reload keeps where to resume, and forgets it with the user', () => {
  const asked = stateOf([item(1)], { cursor: 'c', cursorTime: 7 });
  assert.equal(replacePage(asked, asked, page([item(1)])).cursor, 'c');
  assert.equal(replacePage(asked, asked, page([item(2, { user: 'bruno' })])).cursor, null);
});

test('what is unseen is counted from the list, as far as that is loaded', () => {
  const asked = stateOf([]);
  const marks = { seen_watermark: uuid(2) };
  assert.equal(replacePage(asked, asked, page([item(3), item(2)], marks)).unseen, 1);
  const told = { ...asked, unseen: 5 };
  const more = { ...marks, next: '?cursor=2', unread_count: 30 };
  assert.equal(replacePage(told, told, page([item(3), item(2)], more)).unseen, 5);
});
