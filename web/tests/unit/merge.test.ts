import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  appendPage,
  applyDeleted,
  applyFrame,
  applyItem,
  applyReadAll,
  arrivals,
  replacePage,
} from '../../src/client/merge.js';
import { emptyState, isBeyond, isRead, newestFirst } from '../../src/client/state.js';
import { item, notificationFrame, page, stateFrame, stateOf, uuid } from './support.js';

test('a frame that comes twice counts once', () => {
  const once = applyFrame(emptyState, notificationFrame(1));
  const twice = applyFrame(once, notificationFrame(1));
  assert.equal(once.unread, 1);
  assert.equal(twice, once);
});

test('an older change never undoes a newer one', () => {
  const read = applyFrame(stateOf([item(1)]), stateFrame(1, 5));
  const late = applyFrame(read, stateFrame(1, 3, { is_read: false }));
  assert.equal(late, read);
  assert.equal(late.items.get(uuid(1))?.is_read, true);
});

test('a create that comes after its own read state is not unread again', () => {
  const read = applyItem(emptyState, item(1, { is_read: true, changed: uuid(5) }));
  assert.equal(applyFrame(read, notificationFrame(1)), read);
});

test('a state that overtakes its notification is applied when that comes', () => {
  const early = applyFrame(emptyState, stateFrame(1, 5));
  const late = applyFrame(early, notificationFrame(1));
  assert.equal(late.items.get(uuid(1))?.is_read, true);
  assert.equal(late.items.get(uuid(1))?.changed, uuid(5));
  assert.equal(late.unread, 0);
  const reloaded = replacePage(early, early, page([item(1)], { unread_count: 0 }));
  assert.equal(reloaded.items.get(uuid(1))?.is_read, true);
});

test('a state frame keeps the content and adjusts the count', () => {
  const state = applyFrame(stateOf([item(1), item(2)]), stateFrame(1, 5));
  assert.equal(state.items.get(uuid(1))?.title, 'Title 1');
  assert.equal(state.unread, 1);
});

test('a deleted notification does not come back by a late page or frame', () => {
  const gone = applyFrame(stateOf([item(1)]), stateFrame(1, 5, { deleted: true }));
  assert.equal(gone.items.size, 0);
  assert.equal(gone.unread, 0);
  assert.equal(applyFrame(gone, notificationFrame(1)).items.size, 0);
  assert.equal(appendPage(gone, page([item(1)])).items.size, 0);
  assert.equal(replacePage(gone, gone, page([item(1)])).items.size, 0);
});

test('deleting what is unknown is remembered too', () => {
  const gone = applyDeleted(emptyState, uuid(1));
  assert.equal(applyItem(gone, item(1)).items.size, 0);
});

test('the watermark reads what is at or below it, also what it overtook', () => {
  const state = applyReadAll(stateOf([item(1), item(3)]), uuid(2));
  assert.equal(state.unread, 1);
  const late = applyFrame(state, notificationFrame(2));
  assert.equal(isRead(late.items.get(uuid(2)) ?? item(9), late.readWatermark), true);
  assert.equal(late.unread, 1);
});

test('the watermark only moves forward', () => {
  const state = applyReadAll(stateOf([item(1)]), uuid(5));
  assert.equal(applyReadAll(state, uuid(3)), state);
});

test('marking unread after a mark-all holds, because its change is newer than the watermark', () => {
  const state = applyReadAll(stateOf([item(1)]), uuid(5));
  const unread = applyFrame(state, stateFrame(1, 6, { is_read: false }));
  assert.equal(isRead(unread.items.get(uuid(1)) ?? item(9), unread.readWatermark), false);
  assert.equal(unread.unread, 1);
});

test('the count in a frame wins over our arithmetic, and an exact page count over both', () => {
  const hinted = applyFrame(emptyState, notificationFrame(1, { unread_count: 7 }));
  assert.equal(hinted.unread, 7);
  assert.equal(appendPage(hinted, page([item(0)], { unread_count: 3 })).unread, 3);
});

test('a count at the cap is left to the server', () => {
  const full = stateOf([item(1)], { unread: 100 });
  assert.equal(applyFrame(full, stateFrame(1, 5)).unread, 100);
});

test('REST may say that the watermark read an item whose change is the same', () => {
  const state = applyItem(stateOf([item(1)]), item(1, { is_read: true }));
  assert.equal(state.unread, 0);
  assert.equal(applyItem(state, item(1)), state);
});

test('the whole message replaces a shortened one of the same change', () => {
  const cut = applyFrame(emptyState, notificationFrame(1, { message: 'Mess', truncated: true }));
  const whole = applyItem(cut, item(1));
  assert.equal(whole.items.get(uuid(1))?.message, 'Message');
  assert.equal(
    applyFrame(whole, notificationFrame(1, { message: 'Mess', truncated: true })).items.get(uuid(1))?.message,
    'Message',
  );
});

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

test('whatever the order of frames, the end is the same', () => {
  const frames = [
    notificationFrame(1),
    notificationFrame(2),
    notificationFrame(3),
    stateFrame(2, 6),
    stateFrame(2, 7, { is_read: false }),
    stateFrame(3, 8, { deleted: true }),
    { type: 'read_all', up_to: uuid(1) } as const,
  ];
  const start = stateOf([item(2)]);
  const show = (order: typeof frames) => {
    const state = order.reduce(applyFrame, start);
    return newestFirst(state).map((it) => [it.id, it.changed, isRead(it, state.readWatermark)]);
  };
  const expected = show(frames);
  for (let turn = 1; turn < frames.length; turn += 1) {
    const turned = [...frames.slice(turn), ...frames.slice(0, turn)];
    assert.deepEqual(show(turned), expected);
    assert.deepEqual(show(turned.reverse()), expected);
  }
});

test('what arrived while away is what is newer than anything known, unread and not shown yet', () => {
  const asked = stateOf([item(2)]);
  const now = applyFrame(asked, notificationFrame(5));
  const found = arrivals(asked, now, page([item(5), item(4), item(3, { is_read: true }), item(2), item(1)]));
  assert.deepEqual(
    found.map(({ id }) => id),
    [uuid(4)],
  );
});

test('an id older than everything loaded lies on a page to come', () => {
  const state = stateOf([item(5)], { next: '?cursor=x' });
  assert.equal(isBeyond(state, uuid(4)), true);
  assert.equal(isBeyond(state, uuid(6)), false);
  assert.equal(isBeyond({ ...state, next: null }, uuid(4)), false);
});
