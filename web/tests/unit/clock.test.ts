import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServerClock, timeOf } from '../../src/client/clock.js';
import { item, stateOf, uuid } from './support.js';

test('a change id tells when the server made it', () => {
  assert.equal(timeOf('019ab3f2-7d4e-7000-8000-000000000000'), 0x019ab3f27d4e);
  for (const noise of ['', 'x', 'now']) assert.ok(Number.isNaN(timeOf(noise)));
});

test('the clock is what has been reached and what has passed since', () => {
  let now = 1_000;
  const clock = new ServerClock(() => now);
  assert.equal(clock.earliest(stateOf([])), Number.NEGATIVE_INFINITY);
  clock.reached(50_000);
  now += 300;
  assert.equal(clock.earliest(stateOf([])), 50_300);
  clock.reached(40_000);
  clock.reached(Number.NaN);
  assert.equal(clock.earliest(stateOf([])), 50_300);
  clock.reached(60_000);
  assert.equal(clock.earliest(stateOf([])), 60_000);
});

test('what is in the list and when the last cursor was given has been reached, too', () => {
  const clock = new ServerClock(() => 0);
  assert.equal(clock.earliest(stateOf([item(1), item(7)])), timeOf(uuid(7)));
  const taken = timeOf(uuid(9));
  assert.equal(clock.earliest(stateOf([item(1)], { taken })), taken);
});
