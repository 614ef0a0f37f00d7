import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const web = process.cwd();
const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');

async function texts(folder: string): Promise<[string, string][]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return Promise.all(
    names.map(async (name) => [name, lines(await readFile(`${folder}/${name}`, 'utf8'))] as [string, string]),
  );
}

test('what the guide shows is in an example, word for word', async () => {
  const guide = await readFile(`${web}/../docs/inbox.md`, 'utf8');
  const examples = await texts(`${web}/examples`);
  const blocks = [...guide.matchAll(/^```\w+\n(.+?)^```$/gms)].map(([, block = '']) => lines(block));
  assert.ok(blocks.length > 8);
  for (const block of blocks)
    assert.ok(
      examples.some(([, text]) => text.includes(block)),
      `in no example: ${block}`,
    );
});

test('every attribute, event, slot and property of the element is in the guide', async () => {
  const guide = await readFile(`${web}/../docs/inbox.md`, 'utf8');
  const manifest = JSON.parse(await readFile(`${web}/custom-elements.json`, 'utf8'));
  const [element] = manifest.modules[0].declarations;
  const { attributes, events, slots, cssProperties, members } = element;
  const names = [attributes, events, slots, cssProperties, members].flat().map(({ name }) => name);
  assert.ok(names.length > 25);
  assert.deepEqual(
    names.filter((name) => !guide.includes(`\`${name}`)),
    [],
  );
});

test('every part that the manifest names is drawn', async () => {
  const manifest = JSON.parse(await readFile(`${web}/custom-elements.json`, 'utf8'));
  const sources = await texts(`${web}/src/ui`);
  const drawn = sources.map(([, text]) => text).join('\n');
  const parts: { name: string }[] = manifest.modules[0].declarations[0].cssParts;
  const missing = parts.filter(({ name }) => !new RegExp(`[.'\`]${name}\\b`).test(drawn));
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
  );
});
