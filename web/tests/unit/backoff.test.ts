import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../src/client/backoff.js';

const limits = { minMs: 500, maxMs: 30_000 };

test('the ceiling doubles from half a second to thirty', () => {
  const ceilings = [0, 1, 2, 5, 6, 7].map((attempt) => backoffMs(attempt, limits, () => 1));
  assert.deepEqual(ceilings, [500, 1_000, 2_000, 16_000, 30_000, 30_000]);
});

test('the jitter is full: from nothing to the ceiling', () => {
  assert.equal(
    backoffMs(4, limits, () => 0),
    0,
  );
  assert.equal(
    backoffMs(4, limits, () => 0.5),
    4_000,
  );
});

test('it never gives up: after a million attempts the wait is still within bounds', () => {
  for (const attempt of [100, 1_100, 1_000_000]) {
    assert.equal(
      backoffMs(attempt, limits, () => 1),
      30_000,
    );
  }
});
