import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextQuery, safeHref, socketUrl } from '../../src/client/url.js';

test('relative and http(s) URLs become links', () => {
  for (const url of ['/', '/dashboard/', '/a?b=c#d', 'https://example.com/x', 'HTTP://example.com']) {
    assert.equal(safeHref(url), url);
  }
});

test('nothing else does', () => {
  const bad = [
    '',
    null,
    undefined,
    7,
    'dashboard',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' javascript:alert(1)',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'ftp://example.com',
    'http:/evil.example',
    'https:///evil.example',
    'https://',
    'https://exa mple.com',
    '/a b',
  ];
  for (const url of bad) assert.equal(safeHref(url), null, String(url));
});

test('of a next URL only the query is used, wherever it points', () => {
  assert.equal(
    nextQuery('https://api.example/api/notifications/?limit=20&cursor=abc'),
    '?limit=20&cursor=abc',
  );
  assert.equal(nextQuery('/api/notifications/?cursor=abc'), '?cursor=abc');
  assert.equal(nextQuery(null), null);
  assert.equal(nextQuery('https://'), null);
});

test('the socket keeps the origin and the security of its page', () => {
  assert.equal(socketUrl('/ws/notification/', 'https://app.example/x'), 'wss://app.example/ws/notification/');
  assert.equal(socketUrl('/ws/notification/', 'http://localhost:80/x'), 'ws://localhost/ws/notification/');
});
