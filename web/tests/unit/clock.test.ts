import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock, timeOfId } from '../../src/client/clock.js';
import { item, stateOf, uuid } from './support.js';

test('a change id tells when the server made it', () => {
  assert.equal(timeOfId('019ab3f2-7d4e-7000-8000-000000000000'), 0x019ab3f27d4e);
  for (const noise of ['', 'x', 'now']) assert.ok(Number.isNaN(timeOfId(noise)));
});

test('the clock is what has been reached and what has passed since', () => {
  let now = 1_000;
  const clock = new ServerClock(() => now);
  assert.equal(clock.earliestNow(stateOf([])), Number.NEGATIVE_INFINITY);
  clock.advanceTo(50_000);
  now += 300;
  assert.equal(clock.earliestNow(stateOf([])), 50_300);
  clock.advanceTo(40_000);
  clock.advanceTo(Number.NaN);
  assert.equal(clock.earliestNow(stateOf([])), 50_300);
  clock.advanceTo(60_000);
  assert.equal(clock.earliestNow(stateOf([])), 60_000);
});

test('what is in the list and when the last cursor was given has been reached, too', () => {
  const clock = new ServerClock(() => 0);
  assert.equal(clock.earliestNow(stateOf([item(1), item(7)])), timeOfId(uuid(7)));
  const cursorTime = timeOfId(uuid(9));
  assert.equal(clock.earliestNow(stateOf([item(1)], { cursorTime })), cursorTime);
});
