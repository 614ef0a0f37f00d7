// The merge here and the model of it on the server's side are held to the same histories.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ServerFrame } from '../../src/client/frame-types.js';
import { applyFrame } from '../../src/client/merge.js';
import { applySync, applyWelcome } from '../../src/client/resume.js';
import { emptyState, type InboxState, isRead } from '../../src/client/state.js';

interface Shown {
  readonly id: string;
  readonly is_read: boolean;
  readonly archived_at: string | null;
  readonly snoozed_until: string | null;
}

interface History {
  readonly frames: readonly ServerFrame[];
  readonly expected: { readonly items: readonly Shown[]; readonly unread: number };
}

// From test-results/unit, where the bundled tests run.
const folder = fileURLToPath(new URL('../../../shared/domain/tests/recorded/', import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];

function after(state: InboxState, frame: ServerFrame): InboxState {
  switch (frame.type) {
    case 'welcome':
      return applyWelcome(state, frame, false);
    case 'sync':
      return applySync(state, frame, state.taken);
    case 'reconnect':
    case 'error':
    case 'pong':
      return state;
    default:
      return applyFrame(state, frame);
  }
}

function shown(state: InboxState): Shown[] {
  const items = [...state.items.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return items.map((item) => ({
    id: item.id,
    is_read: isRead(item, state.readWatermark),
    archived_at: item.archived_at ?? null,
    snoozed_until: item.snoozed_until ?? null,
  }));
}

for (const name of files) {
  test(`the recorded history ${name} ends as it did there`, () => {
    const { frames, expected }: History = JSON.parse(readFileSync(folder + name, 'utf8'));
    const state = frames.reduce(after, emptyState);
    const items = [...expected.items].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual({ items: shown(state), unread: state.unread }, { items, unread: expected.unread });
  });
}

test('there are recorded histories', (t) => {
  if (files.length > 0) return;
  console.error(`SKIPPED: no recorded histories in ${folder}`);
  t.skip(`no recorded histories in ${folder}`);
});
