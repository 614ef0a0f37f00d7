import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absoluteTime, localeOf, relativeTime } from '../../src/ui/time.js';

const now = Date.parse('2026-03-10T12:00:00Z');
const say = (iso: string) => relativeTime(iso, now, 'en', 'now');

test('times are told as people tell them', () => {
  assert.equal(say('2026-03-10T11:59:30Z'), 'now');
  assert.equal(say('2026-03-10T11:55:00Z'), '5 min. ago');
  assert.equal(say('2026-03-10T09:59:00Z'), '2 hr. ago');
  assert.equal(say('2026-03-09T11:00:00Z'), 'yesterday');
  assert.equal(say('2026-03-06T11:00:00Z'), '4 days ago');
  assert.match(say('2026-02-01T11:00:00Z'), /2026/);
});

test('a clock that runs behind shows no future, and nonsense shows nothing', () => {
  assert.equal(say('2026-03-10T12:03:00Z'), 'now');
  assert.equal(say('soon'), '');
  assert.equal(absoluteTime('soon', 'en'), '');
});

test("the locale is the page's where it speaks the same language, and never one that Intl refuses", () => {
  assert.equal(localeOf('en-GB', 'en'), 'en-GB');
  assert.equal(localeOf('pt-BR', 'en'), 'en');
  assert.equal(localeOf('en_US', 'en'), 'en');
  assert.equal(localeOf('', 'en'), 'en');
  assert.equal(localeOf(undefined, 'en'), 'en');
});
