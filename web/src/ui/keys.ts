/** The keyboard in the panel: triage by single keys, and the patterns of ARIA for feed, tabs and menu. */

const commands: Readonly<Record<string, string>> = {
  Enter: 'open',
  u: 'read',
  e: 'archive',
  s: 'snooze',
  '#': 'remove',
  Delete: 'remove',
  z: 'undo',
  '?': 'keys',
};

// For a tab list and a menu alike; the first and the last are neighbours.
function roveFocus(key: string, from: Element, rtl: boolean): Element | undefined {
  const items = [...(from.closest('[role=tablist], [role=menu]')?.children ?? [])];
  const at = items.indexOf(from);
  const ahead = rtl ? /Left|Down/ : /Right|Down/;
  if (/^Arrow/.test(key)) return items.at((at + (ahead.test(key) ? 1 : -1)) % items.length);
  return key === 'Home' ? items[0] : key === 'End' ? items.at(-1) : undefined;
}

/** Where a key moves the focus to in the panel; nowhere if it isn't for moving. */
export function focusTargetFor(
  { key, ctrlKey }: KeyboardEvent,
  from: Element,
  panel: Element,
): HTMLElement | undefined {
  const articles = [...panel.querySelectorAll<Element>('article')];
  const at = articles.indexOf(from.closest('article') as Element);
  const leave = key === 'Home' ? '.close' : key === 'End' ? '.keys' : '#none';
  const target = ctrlKey
    ? panel.querySelector(leave)
    : /^(j|PageDown)$/.test(key)
      ? articles[at + 1]
      : /^(k|PageUp)$/.test(key)
        ? articles[at - 1]
        : roveFocus(key, from, panel.matches(':dir(rtl)'));
  return (target as HTMLElement | null) ?? undefined;
}

/** What a key asks for; nothing in a menu, or where it is a shortcut of the browser's. */
export function commandFor(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  from: Element,
): string | undefined {
  if (ctrlKey || metaKey || altKey || from.closest('.menu')) return undefined;
  // On a button or a link, Enter is theirs.
  return key === 'Enter' && from.localName !== 'article' ? undefined : commands[key];
}
