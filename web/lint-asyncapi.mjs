// Lints docs/asyncapi.yaml by the official schema of its version, its references, and its examples by their payloads.
// AsyncAPI's own parser would do it with 168 packages of 54 MB; these are 8 packages of 12 MB.
import { readFile } from 'node:fs/promises';
import specs from '@asyncapi/specs';
import Ajv from 'ajv';
import { parseDocument } from 'yaml';

const yaml = parseDocument(await readFile(new URL('../docs/asyncapi.yaml', import.meta.url), 'utf8'));
const root = yaml.toJS();

/** What an Ajv validator complains of; of the errors of all alternatives, those that lie deepest. */
function complaints({ errors }) {
  const deepest = Math.max(...errors.map(({ instancePath }) => instancePath.length));
  return errors
    .filter(({ instancePath }) => instancePath.length === deepest)
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

function* syntax() {
  for (const { message } of [...yaml.errors, ...yaml.warnings]) yield message;
}

function* structure() {
  const schema = specs.schemasWithoutId[root.asyncapi];
  if (!schema) return yield `/asyncapi ${root.asyncapi} is no version that @asyncapi/specs knows`;
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  if (!validate(root)) yield* complaints(validate);
}

/** Every `$ref` below a node, with the path to it. */
function* references(node, path = '') {
  if (typeof node !== 'object' || node === null) return;
  if (typeof node.$ref === 'string') yield [path, node.$ref];
  for (const [key, value] of Object.entries(node)) yield* references(value, `${path}/${key}`);
}

function leadsTo(ref) {
  const [start, ...keys] = ref.split('/');
  return start === '#' && keys.reduce((node, key) => node?.[key], root);
}

function* links() {
  const all = [...references(root)];
  for (const [path, ref] of all) if (!leadsTo(ref)) yield `${path} leads nowhere: ${ref}`;
  for (const [kind, named] of Object.entries(root.components)) {
    for (const name of Object.keys(named)) {
      const own = `#/components/${kind}/${name}`;
      if (!all.some(([, ref]) => `${ref}/`.startsWith(`${own}/`))) yield `${own.slice(1)} is used nowhere`;
    }
  }
}

/** An operation carries messages of its channel, and every message of a channel is carried. */
function* traffic() {
  const carried = new Set();
  for (const [name, operation] of Object.entries(root.operations)) {
    for (const side of [operation, operation.reply ?? { messages: [] }]) {
      for (const { $ref } of side.messages) {
        carried.add($ref);
        if (!$ref.startsWith(`${side.channel.$ref}/messages/`)) yield `/operations/${name} carries ${$ref}`;
      }
    }
  }
  for (const [channel, { messages }] of Object.entries(root.channels)) {
    for (const name of Object.keys(messages)) {
      const own = `#/channels/${channel}/messages/${name}`;
      if (!carried.has(own)) yield `${own.slice(1)} is carried by no operation`;
    }
  }
}

/** A validator of a message's payloads. It is strict: a misspelt keyword is an error, too. */
function payloadOf(name) {
  const formats = { uuid: true, 'date-time': true };
  const ajv = new Ajv({ strictTypes: false, allowUnionTypes: true, allErrors: true, formats });
  const { components } = root;
  ajv.addKeyword('components').addSchema({ components }, 'asyncapi');
  return ajv.compile({ $ref: `asyncapi#/components/messages/${name}/payload` });
}

function* examples() {
  for (const [name, message] of Object.entries(root.components.messages)) {
    const place = `/components/messages/${name}`;
    if (!message.examples?.length) yield `${place} has no example`;
    try {
      const validate = payloadOf(name);
      for (const example of message.examples ?? []) {
        if (validate(example.payload)) continue;
        for (const complaint of complaints(validate)) yield `${place}, ${example.name}: ${complaint}`;
      }
    } catch ({ message }) {
      yield `${place}: ${message}`;
    }
  }
}

// Each needs what the one before has made sure of.
for (const check of [syntax, structure, links, traffic, examples]) {
  const found = [...check()];
  for (const complaint of found) console.error(`docs/asyncapi.yaml: ${complaint}`);
  if (found.length > 0) process.exit(1);
}
console.log(`docs/asyncapi.yaml: AsyncAPI ${root.asyncapi}, no complaint`);
