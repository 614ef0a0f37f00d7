/**
 * What outlives a reload of the page, in this tab alone: whose inbox it is, how far it is known, and the top of the
 * list. Storage may be full, forbidden, or hold anything at all: then there is simply nothing kept.
 */
import { CONTENT_FIELDS, hasFields } from './frame.js';
import { UNKNOWN_NEXT } from './pages.js';
import { emptyState, type InboxState, newestFirst } from './state.js';
import type { WireNotification } from './types.js';

const MAX_ITEMS = 100;
/** Characters: a small part of what the page may store, since the rest is the page's own. */
const MAX_CHARS = 256 * 1024;

type Loose = Record<string, unknown>;

/** As text; null for what can't be resumed, or is too much to keep. */
function serialize(state: InboxState): string | null {
  const { deleted: _, earlyStates: __, lists, ...rest } = state;
  if (rest.user === null || rest.cursor === null) return null;
  const listed = newestFirst(state);
  const items = listed.slice(0, MAX_ITEMS);
  const all = items.length === listed.length ? lists.all : { next: UNKNOWN_NEXT, floor: items.at(-1)?.id };
  const text = JSON.stringify({ ...rest, items, lists: { all } });
  return text.length > MAX_CHARS ? null : text;
}

function isValid(kept: Loose): boolean {
  const { items } = kept;
  return (
    hasFields(kept, 'user cursor') &&
    Array.isArray(items) &&
    items.every((item) => hasFields(item, `id ${CONTENT_FIELDS}`))
  );
}

function deserialize(text: string): InboxState | null {
  const kept = JSON.parse(text);
  if (!isValid(kept)) return null;
  const items = new Map((kept.items as WireNotification[]).map((item) => [item.id, item]));
  // JSON has no infinity, which stands for a time that nothing is known of.
  return { ...emptyState, ...kept, items, cursorTime: kept.cursorTime ?? emptyState.cursorTime };
}

/** What one kind of inbox on this page keeps. */
export class Cache {
  readonly #key: string;

  constructor(api: string, socket: string) {
    this.#key = `belfry-inbox 3 ${api} ${socket}`;
  }

  /** Keeps what can be resumed; where that is nothing, it keeps nothing. */
  save(state: InboxState): void {
    try {
      const text = serialize(state);
      if (text === null) this.clear();
      else sessionStorage.setItem(this.#key, text);
    } catch {
      this.clear();
    }
  }

  /** What was kept, if it makes sense. */
  load(): InboxState | null {
    try {
      const state = deserialize(sessionStorage.getItem(this.#key) ?? '');
      if (state) return state;
    } catch {}
    this.clear();
    return null;
  }

  /** Forgets it. */
  clear(): void {
    try {
      sessionStorage.removeItem(this.#key);
    } catch {}
  }
}
