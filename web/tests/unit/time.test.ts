import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTime, localeOf, relativeTime, snoozeTimes } from '../../src/ui/time.js';

const now = Date.parse('2026-03-10T12:00:00Z');
const say = (iso: string) => relativeTime(Date.parse(iso), now, 'en', 'now');

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
  assert.equal(formatTime(Date.parse('soon'), 'en', {}), '');
});

test("the locale is the page's where it speaks the same language, and never one that Intl refuses", () => {
  assert.equal(localeOf('en-GB', 'en'), 'en-GB');
  assert.equal(localeOf('pt-BR', 'en'), 'en');
  assert.equal(localeOf('en_US', 'en'), 'en');
  assert.equal(localeOf('', 'en'), 'en');
  assert.equal(localeOf('pt-PT', 'pt-BR'), 'pt-PT');
});

test('one can be snoozed for an hour, for three, until tomorrow morning and until Monday morning', () => {
  const sunday = new Date(2026, 2, 8, 22, 15).getTime();
  const times = snoozeTimes(sunday, 'en').map(([name, at]) => [name, new Date(at)]);
  assert.deepEqual(times, [
    ['in 1 hour', new Date(2026, 2, 8, 23, 15)],
    ['in 3 hours', new Date(2026, 2, 9, 1, 15)],
    ['tomorrow', new Date(2026, 2, 9, 9)],
    ['next week', new Date(2026, 2, 9, 9)],
  ]);
  const monday = new Date(2026, 2, 9, 8).getTime();
  assert.deepEqual(new Date(snoozeTimes(monday, 'en')[3]?.[1] ?? 0), new Date(2026, 2, 16, 9));
});
