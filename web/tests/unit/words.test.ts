import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownNames } from '../../build-names.mjs';
import { en } from '../../src/ui/messages.js';
import { ptBR } from '../../src/ui/pt-br.js';
import { count, plain, wordsOf } from '../../src/ui/words.js';

test('Portuguese says everything that English says, with the same blanks', () => {
  const blanks = (phrase: unknown) => [...new Set(JSON.stringify(phrase).match(/\{\w+\}/g))].sort();
  assert.deepEqual(Object.keys(ptBR).sort(), Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[])
    assert.deepEqual(blanks(ptBR[key]), blanks(en[key]), key);
});

test('the words are those of the language of the page, or English', () => {
  assert.equal(wordsOf('pt', null).say('undo'), 'Desfazer');
  assert.equal(wordsOf('pt-PT', null).locale, 'pt-PT');
  assert.equal(wordsOf('de-AT', null).say('undo'), 'Undo');
  assert.equal(wordsOf('de-AT', null).locale, 'en');
});

test('a language of its own has its own plurals', () => {
  const fresh = { one: '{n} nowe', few: '{n} nowe!', other: '{n} nowych' };
  const { say, locale } = wordsOf('pl', { lang: 'pl', fresh });
  assert.equal(locale, 'pl');
  assert.deepEqual(
    [1, 3, 5].map((n) => say('fresh', { n })),
    ['1 nowe', '3 nowe!', '5 nowych'],
  );
  assert.equal(say('undo'), 'Undo');
});

test('what the server stopped counting at 100 may be more', () => {
  assert.equal(count(99), '99');
  assert.equal(wordsOf('', null).say('bell', { n: 100 }), 'Notifications, 99+ new');
});

test('a title cannot turn the words around it, nor fill in blanks of its own', () => {
  assert.equal(plain('user\u202Egpj.exe\u2066'), 'usergpj.exe');
  const title = '{action}\u202E$&';
  assert.equal(wordsOf('', null).say('about', { action: 'Delete', title }), 'Delete: {action}$&');
});

test('no name that the build shortens is one of the words, which go by their names', () => {
  assert.deepEqual(
    Object.keys(en).filter((key) => ownNames.test(key)),
    [],
  );
});
