// A thousand notifications in the list: a new one costs itself alone, in what is drawn and in what is kept.
import type { CDPSession, Page } from '@playwright/test';
import { article, expect, freshUser, openPanel, panel, signIn, test } from './support';

const MANY = 1_000;

interface Told {
  drawn: string[];
  attributes: string[];
}

/** Serves a list of so many, by the pages that are asked for. */
async function withMany(page: Page, user: string): Promise<void> {
  const at = Date.parse('2026-01-02T03:04:05Z');
  const all = Array.from({ length: MANY }, (_, n) => {
    const id = `0199c000-0000-7000-8000-${String(MANY - n).padStart(12, '0')}`;
    const created_at = new Date(at - n * 60_000).toISOString();
    const words = { title: `Number ${MANY - n}.`, message: 'The supplier confirmed all twelve lines.' };
    const state = { is_read: n % 3 > 0, redirect_url: n % 2 ? '/?from' : null, data: null };
    return { id, user, changed: id, created_at, notification_type: 'success', ...words, ...state };
  });
  await page.route('**/api/notifications/?**', (route) => {
    const query = new URL(route.request().url()).searchParams;
    if (query.get('status')) return route.continue();
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 20);
    const to = from + limit;
    const next = to < MANY ? `/api/notifications/?limit=100&cursor=${to}` : null;
    const marks = { unread_count: 100, read_watermark: null, seen_watermark: null };
    return route.fulfill({ json: { results: all.slice(from, to), next, previous: null, ...marks } });
  });
}

async function metrics(session: CDPSession): Promise<Record<string, number>> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics: told } = await session.send('Performance.getMetrics');
  return Object.fromEntries(told.map(({ name, value }) => [name, value]));
}

/** Notes how long each frame of the socket keeps the page's scripts busy, drawing included. */
async function timeFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const spans: number[] = [];
    const known = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage') as PropertyDescriptor;
    const timed = (heard: (event: MessageEvent) => void) => (event: MessageEvent) => {
      const began = performance.now();
      heard(event);
      // Behind the drawing, which waits for the end of the turn.
      queueMicrotask(() => spans.push(performance.now() - began));
    };
    Object.defineProperty(WebSocket.prototype, 'onmessage', {
      ...known,
      set(heard) {
        known.set?.call(this, heard && timed(heard));
      },
    });
    Object.assign(window, { spans });
  });
}

test('one more draws one row and moves the numbers of the others', async ({ page, sender }) => {
  test.slow();
  const user = freshUser();
  await withMany(page, user);
  await timeFrames(page);
  await signIn(page, user);
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const before = await metrics(session);
  await openPanel(page);
  await page.evaluate(async (many) => {
    const client = document.querySelector('belfry-inbox')?.client;
    while (client && client.view.items.length < many) await client.loadMore();
  }, MANY);
  const articles = panel(page).getByRole('article');
  await expect(articles).toHaveCount(MANY);
  const full = await metrics(session);

  // Timed before anybody watches what is drawn: watching takes time as well.
  await page.evaluate(() => {
    (window as unknown as { spans: number[] }).spans.length = 0;
  });
  await sender.send(user, { title: 'One before' });
  await expect(article(page, 'One before')).toBeVisible();
  const spans = await page.evaluate(() => (window as unknown as { spans: number[] }).spans);

  await page.evaluate(() => {
    const told: Told = { drawn: [], attributes: [] };
    const root = document.querySelector('belfry-inbox')?.shadowRoot as ShadowRoot;
    new MutationObserver((records) => {
      for (const { type, target, addedNodes, removedNodes, attributeName } of records) {
        const row = (target as Element).closest?.('article');
        if (type !== 'attributes')
          for (const node of [...addedNodes, ...removedNodes]) told.drawn.push(node.nodeName);
        else if (row) told.attributes.push(attributeName ?? '');
      }
    }).observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(window, { told });
  });
  await sender.send(user, { title: 'One more' });
  await expect(article(page, 'One more')).toBeVisible();
  const told = await page.evaluate(() => (window as unknown as { told: Told }).told);
  const mb = (((full.JSHeapUsedSize ?? 0) - (before.JSHeapUsedSize ?? 0)) / 2 ** 20).toFixed(1);
  // A timing decides nothing here: it is for whoever reads the report.
  console.log(`${MANY} in the list: ${Math.max(...spans).toFixed(1)} ms for one more, ${mb} MB of heap`);

  expect(told.drawn.filter((name) => name === 'ARTICLE')).toEqual(['ARTICLE']);
  expect(told.drawn.length).toBeLessThan(10);
  expect(new Set(told.attributes)).toEqual(new Set(['aria-posinset', 'aria-setsize']));
  expect((full.JSHeapUsedSize ?? 0) - (before.JSHeapUsedSize ?? 0)).toBeLessThan(10 * 2 ** 20);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});
