// Writes custom-elements.json from the comments of the element, or checks it: `node manifest.mjs --check`.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const file = `${here}custom-elements.json`;
const source = await readFile(`${here}src/ui/element.ts`, 'utf8');

function tags(name) {
  const lines = [...source.matchAll(new RegExp(`^ \\* @${name} (?:\\{(.+?)\\} )?(\\S+) - (.+)$`, 'gm'))];
  return lines.map(([, text, name, description]) => ({ ...(text && { type: { text } }), name, description }));
}

function members() {
  const found = source.matchAll(/^ {2}\/\*\* (.+?) \*\/\n {2}(get )?(\w+)\(\): (.+) \{$/gm);
  return [...found].map(([, description, property, name, text]) => {
    if (!property) return { kind: 'method', name, description };
    const readonly = !source.includes(`set ${name}(`);
    return { kind: 'field', name, type: { text }, description, ...(readonly && { readonly }) };
  });
}

const [, description] = source.match(/\/\*\*\n \* (A notification bell.+)\n/) ?? [];
const [, name] = source.match(/export class (\w+) extends HTMLElement/) ?? [];
const [, tagName] = source.match(/@element (\S+)/) ?? [];
const path = 'dist/belfry-inbox.js';
const declaration = { name, module: path };

const manifest = {
  schemaVersion: '1.0.0',
  modules: [
    {
      kind: 'javascript-module',
      path,
      declarations: [
        {
          kind: 'class',
          name,
          customElement: true,
          tagName,
          description,
          superclass: { name: 'HTMLElement' },
          attributes: tags('attr'),
          members: members(),
          events: tags('fires').map((event) => ({ ...event, type: { text: 'CustomEvent' } })),
          slots: tags('slot'),
          cssParts: tags('csspart'),
          cssProperties: tags('cssprop'),
        },
      ],
      exports: [
        { kind: 'js', name, declaration },
        { kind: 'custom-element-definition', name: tagName, declaration },
      ],
    },
  ],
};
const text = `${JSON.stringify(manifest, null, 2)}\n`;

if (!process.argv.includes('--check')) await writeFile(file, text);
else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
  console.error('custom-elements.json is not what the comments say: node manifest.mjs');
  process.exit(1);
}
