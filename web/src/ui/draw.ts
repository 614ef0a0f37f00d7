/**
 * Draws by comparing with what is there. Only attributes and text are ever set, so that nothing that arrives can become
 * markup, under any policy. What was drawn isn't remembered: a thousand notifications cost their elements alone.
 */

/** Attributes by name. False and null are absence; ARIA's `true` and `false` are words. */
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An element to draw. The attributes named must be the same each time; others are left alone. */
export interface Drawing {
  readonly tag: string;
  readonly id: string | undefined;
  readonly attributes: Attributes;
  readonly content: readonly Content[];
}

/** A drawing that is made anew only when one of `given` is another than the last time. */
export interface Kept {
  readonly id: string;
  readonly given: readonly unknown[];
  readonly make: () => Drawing;
}

/** What can be in an element. Nothing holds its place, so that what comes after it stays the same element. */
export type Content = Drawing | Kept | string | number | null | undefined | false;

const made = new WeakMap<Node, readonly unknown[]>();

/** Describes an element by `tag#id.class.class`. Each class is a part, too, so that pages can style it. */
export function h(name: string, attributes: Attributes = {}, ...content: Content[]): Drawing {
  const [start = '', ...classes] = name.split('.');
  const [tag = '', id] = start.split('#');
  const names = classes.join(' ') || null;
  return { tag, id, attributes: { id, class: names, part: names, ...attributes }, content };
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const aria = name.startsWith('aria');
    const text = value === true && !aria ? '' : `${value}`;
    if (value == null || (value === false && !aria)) element.removeAttribute(name);
    else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

function drawText(text: string, node: Node | undefined): Node {
  if (!(node instanceof Text)) return new Text(text);
  if (node.data !== text) node.data = text;
  return node;
}

function drawElement({ tag, attributes, content }: Drawing, node: Node | undefined): Node {
  const space = /svg|path/.test(tag) ? 'http://www.w3.org/2000/svg' : 'http://www.w3.org/1999/xhtml';
  const element =
    node instanceof Element && node.localName === tag ? node : document.createElementNS(space, tag);
  setAttributes(element, attributes);
  draw(element, content);
  return element;
}

function drawOne(content: Content, node: Node | undefined): Node {
  if (!content || typeof content !== 'object') return drawText(content ? `${content}` : '', node);
  if (!('make' in content)) return drawElement(content, node);
  const before = node && made.get(node);
  if (before && content.given.every((value, n) => value === before[n])) return node;
  const element = drawElement(content.make(), node);
  made.set(element, content.given);
  return element;
}

/** Makes this the content of an element: what has an id is found by it, everything else by its place. */
export function draw(parent: Node, content: readonly Content[]): void {
  const old = [...parent.childNodes];
  // What isn't in a document yet has no such method, and nothing to find.
  const root = parent.getRootNode() as Partial<ShadowRoot>;
  const nodes = content.map((it, n) => {
    const id = it && typeof it === 'object' && it.id;
    return drawOne(it, id ? (root.getElementById?.(id) ?? undefined) : old[n]);
  });
  const stay = new Set(nodes);
  for (const node of old) if (!stay.has(node)) node.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}
