import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownNames } from '../../build-names.mjs';
import { createI18n, formatCount, stripBidiControls } from '../../src/ui/i18n.js';
import { en } from '../../src/ui/messages.js';
import { ptBR } from '../../src/ui/pt-br.js';

test('Portuguese says everything that English says, with the same blanks', () => {
  const blanks = (phrase: unknown) => [...new Set(JSON.stringify(phrase).match(/\{\w+\}/g))].sort();
  assert.deepEqual(Object.keys(ptBR).sort(), Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[])
    assert.deepEqual(blanks(ptBR[key]), blanks(en[key]), key);
});

test('the words are those of the language of the page, or English', () => {
  assert.equal(createI18n('pt', null).formatMessage('undo'), 'Desfazer');
  assert.equal(createI18n('pt-PT', null).locale, 'pt-PT');
  assert.equal(createI18n('de-AT', null).formatMessage('undo'), 'Undo');
  assert.equal(createI18n('de-AT', null).locale, 'en');
});

test('a language of its own has its own plurals', () => {
  const fresh = { one: '{n} nowe', few: '{n} nowe!', other: '{n} nowych' };
  const { formatMessage, locale } = createI18n('pl', { lang: 'pl', fresh });
  assert.equal(locale, 'pl');
  assert.deepEqual(
    [1, 3, 5].map((n) => formatMessage('fresh', { n })),
    ['1 nowe', '3 nowe!', '5 nowych'],
  );
  assert.equal(formatMessage('undo'), 'Undo');
});

test('what the server stopped counting at 100 may be more', () => {
  assert.equal(formatCount(99), '99');
  assert.equal(createI18n('', null).formatMessage('bell', { n: 100 }), 'Notifications, 99+ new');
});

test('a title cannot turn the words around it, nor fill in blanks of its own', () => {
  assert.equal(stripBidiControls('user\u202Egpj.exe\u2066'), 'usergpj.exe');
  const title = '{action}\u202E$&';
  assert.equal(
    createI18n('', null).formatMessage('about', { action: 'Delete', title }),
    'Delete: {action}$&',
  );
});

test('no name that the build shortens is one of the words, which go by their names', () => {
  assert.deepEqual(
    Object.keys(en).filter((key) => ownNames.test(key)),
    [],
  );
});
