import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeOfId } from '../../src/client/clock.js';
import { applyDeleted, applyFrame, applyItem, applyWatermark } from '../../src/client/merge.js';
import { appendPage, replacePage } from '../../src/client/pages.js';
import { emptyState, type InboxState, isBelowLoaded, isRead, newestFirst } from '../../src/client/state.js';
import { item, notificationFrame, page, stateFrame, stateOf, uuid } from './support.js';

const applyReadAll = (state: InboxState, upTo: string) => applyWatermark(state, 'readWatermark', upTo);

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

test('an id older than everything loaded lies on a page to come', () => {
  const state = stateOf([item(5)], { lists: { all: { next: '?cursor=x', floor: uuid(5) } } });
  assert.equal(isBelowLoaded(state, uuid(4)), true);
  assert.equal(isBelowLoaded(state, uuid(6)), false);
  assert.equal(isBelowLoaded({ ...state, lists: { all: { next: null, floor: null } } }, uuid(4)), false);
});

test('what is archived or snoozed on another device leaves the list, and comes back with the next state', () => {
  const known = stateOf([item(1), item(2)]);
  const away = applyFrame(known, stateFrame(1, 3, { archived_at: '2026-01-01T00:00:00.000Z' }));
  assert.deepEqual(
    newestFirst(away).map(({ id }) => id),
    [uuid(2)],
  );
  const asleep = applyFrame(away, stateFrame(2, 4, { snoozed_until: '2026-01-02T00:00:00.000Z' }));
  assert.deepEqual(newestFirst(asleep), []);
  const back = applyFrame(
    asleep,
    stateFrame(2, 5, { is_read: false, archived_at: null, snoozed_until: null }),
  );
  assert.deepEqual(
    newestFirst(back).map(({ id }) => id),
    [uuid(2)],
  );
  assert.equal(back.unread, 1);
});

test('an edit changes what is shown and nothing else', () => {
  const known = stateOf([item(1, { is_read: true })]);
  const frame = {
    ...notificationFrame(1, { title: 'New', is_read: true, changed: uuid(2) }),
    type: 'notification_updated',
  } as const;
  const after = applyFrame(known, frame);
  assert.equal(after.items.get(uuid(1))?.title, 'New');
  assert.equal(after.unread, 0);
});

test('words that a state overtook are taken in, and the state stays', () => {
  const known = stateOf([item(1)]);
  const edit = {
    ...notificationFrame(1, { title: 'New', changed: uuid(4) }),
    type: 'notification_updated',
  } as const;
  const late = applyFrame(applyFrame(known, stateFrame(1, 5)), edit);
  const shown = late.items.get(uuid(1));
  assert.deepEqual([shown?.title, shown?.changed, shown?.is_read], ['New', uuid(5), true]);
  assert.equal(late.unread, 0);
  const older = { ...edit, title: 'Old', changed: uuid(3) };
  assert.equal(applyFrame(late, older), late);
  const strange = applyFrame(
    applyFrame(applyFrame(emptyState, stateFrame(1, 5)), edit),
    notificationFrame(1),
  );
  assert.equal(strange.items.get(uuid(1))?.title, 'New');
});

test('what has been seen is counted down and stays unread', () => {
  const state = stateOf([item(1), item(2), item(3)]);
  const seen = applyFrame(state, { type: 'seen_all', up_to: uuid(2) });
  assert.deepEqual([seen.unread, seen.unseen, seen.seenWatermark], [3, 1, uuid(2)]);
  assert.equal(applyFrame(seen, { type: 'seen_all', up_to: uuid(1) }), seen);
  assert.equal(applyFrame(seen, { type: 'seen_all', up_to: uuid(2), unseen_count: 4 }).unseen, 4);
  assert.equal(applyFrame(seen, stateFrame(1, 5)).unseen, 1);
  assert.equal(applyFrame(seen, stateFrame(3, 5)).unseen, 0);
  assert.equal(applyFrame(seen, notificationFrame(4)).unseen, 2);
});

test('a live frame of what changed over a minute before the cursor brings nothing back', () => {
  const cursor = { cursor: 'c', cursorTime: timeOfId(uuid(0xfff0)) };
  const state = stateOf([item(0xffff)], cursor);
  assert.equal(applyFrame(state, notificationFrame(1)), state);
  assert.equal(applyFrame(state, { ...notificationFrame(1), type: 'notification_updated' }), state);
  assert.equal(applyFrame(state, notificationFrame(1, { unread_count: 3 })).unread, 3);
  const recent = uuid(0xfff0 - 60_000);
  assert.equal(applyFrame(state, notificationFrame(1, { changed: recent })).items.size, 2);
  const known = stateOf([item(1)], cursor);
  assert.equal(applyFrame(known, stateFrame(1, 2)).items.get(uuid(1))?.is_read, true);
});

test('an event of yesterday is news, because it changed just now', () => {
  const state = stateOf([item(0xffff)], { cursor: 'c', cursorTime: timeOfId(uuid(0xfff0)) });
  const late = applyFrame(state, notificationFrame(1, { changed: uuid(0xfff1) }));
  assert.deepEqual([...late.items.keys()], [uuid(0xffff), uuid(1)]);
});

test('without a known time of the cursor nothing is too old', () => {
  const state = stateOf([item(0xffff)], { cursor: 'c' });
  assert.equal(applyFrame(state, notificationFrame(1)).items.size, 2);
});

test('an edit of what is not loaded leaves the list without a gap', () => {
  const state = stateOf([item(5)], { lists: { all: { next: '?cursor=x', floor: uuid(5) } } });
  const edit = { ...notificationFrame(1, { changed: uuid(9) }), type: 'notification_updated' } as const;
  assert.equal(applyFrame(state, edit), state);
});

test('an answer meant for someone else is not taken in', () => {
  const state = stateOf([item(1)]);
  assert.equal(applyItem(state, item(2, { user: 'bruno' })), state);
});
