import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseFrame } from '../../src/client/frame.js';
import type { ServerFrame } from '../../src/client/frame-types.js';

interface Reference {
  readonly $ref: string;
}

interface Operation {
  readonly action: 'send' | 'receive';
  readonly messages: readonly Reference[];
  readonly reply?: { readonly messages: readonly Reference[] };
}

interface Message {
  readonly examples: readonly { readonly name: string; readonly payload: ServerFrame }[];
}

interface AsyncApi {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

// As far from here as from the bundle that is run.
const file = new URL('../../../docs/asyncapi.yaml', import.meta.url);
const document: AsyncApi = parse(await readFile(file, 'utf8'));

/** The types of the frames that the server sends, asked or not. */
const sent = Object.values(document.operations)
  .flatMap(({ action, messages, reply }) => (action === 'send' ? messages : (reply?.messages ?? [])))
  .map(({ $ref }) => $ref.split('/').at(-1) as string);

const known: Record<ServerFrame['type'], true> = {
  notification: true,
  notification_updated: true,
  notification_state: true,
  read_all: true,
  seen_all: true,
  welcome: true,
  sync: true,
  reconnect: true,
  error: true,
  pong: true,
};

test('the frames that the document has the server send are those that the client knows', () => {
  assert.deepEqual(new Set(sent), new Set(Object.keys(known)));
});

test('every example of them is read as its type, with nothing lost', () => {
  for (const type of sent) {
    const examples = document.components.messages[type]?.examples ?? [];
    assert.notEqual(examples.length, 0, type);
    for (const { name, payload } of examples) {
      assert.equal(payload.type, type);
      assert.deepEqual(parseFrame(JSON.stringify(payload)), payload, `${type}, ${name}`);
    }
  }
});
