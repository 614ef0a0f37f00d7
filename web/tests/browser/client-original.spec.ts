// What the original's browser client does works as it did: it says only ping, and knows only pong and notification.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { transform } from 'esbuild';
import type { OriginalClient } from '../original-client/client.js';
import { session } from './headless';
import { deviceOf, expect, freshUser, test } from './support';

const source = new URL('../original-client/client.ts', import.meta.url);

/** Puts the client on the origin of the server, signed in. */
async function openOriginal(page: Page, user: string): Promise<void> {
  const { code } = await transform(await readFile(source, 'utf8'), { loader: 'ts', format: 'iife' });
  await session(page, user);
  await page.goto('/favicon.svg');
  await page.evaluate(code);
  await page.evaluate(() => (window as unknown as { original: OriginalClient }).original.start());
}

/** Asks the client, or has it do something. */
function ask<T>(page: Page, what: (client: OriginalClient) => T | Promise<T>): Promise<T> {
  return page.evaluate(`(${what.toString()})(window.original)`) as Promise<T>;
}

const titles = (page: Page) =>
  ask(page, (client) => client.items.map(({ title, is_read }) => [title, is_read]));

test('it signs in by cookie, lists, hears what arrives, marks one and all, and is answered its pings', async ({
  page,
  sender,
  baseURL,
}) => {
  const user = freshUser();
  await sender.send(user, { title: 'Before' });
  await openOriginal(page, user);
  expect(await ask(page, (client) => [client.user, client.unread])).toEqual([user, 1]);
  await expect.poll(() => ask(page, (client) => client.open)).toBe(true);

  const id = await sender.send(user, {
    title: 'Live',
    message: 'At once',
    notification_type: 'success',
    redirect_url: '/dashboard/',
  });
  await expect
    .poll(() => titles(page))
    .toEqual([
      ['Live', false],
      ['Before', false],
    ]);
  const heard = await ask(page, (client) => client.items[0]);
  expect(heard).toMatchObject({
    id,
    message: 'At once',
    notification_type: 'success',
    redirect_url: '/dashboard/',
  });
  expect(Number.isNaN(Date.parse(heard?.created_at ?? ''))).toBe(false);

  await page.evaluate(
    (it) => (window as unknown as { original: OriginalClient }).original.markAsRead(it),
    id,
  );
  expect(await titles(page)).toEqual([
    ['Live', true],
    ['Before', false],
  ]);
  expect(await ask(page, (client) => client.markAllAsRead())).toBe(1);
  const device = await deviceOf(user, baseURL);
  const counts = async () => (await device.get('/api/notifications/unread_count/')).json();
  await expect.poll(counts).toMatchObject({ unread_count: 0 });
  await device.dispose();

  await ask(page, (client) => client.ping());
  await expect.poll(() => ask(page, (client) => client.pongs)).toBe(1);
  await ask(page, (client) => client.load());
  expect(await titles(page)).toEqual([
    ['Live', true],
    ['Before', true],
  ]);
  const known = ['notification_state', 'read_all', 'seen_all', 'notification_updated'];
  const strange = (await ask(page, (client) => client.passedOver)).filter((type) => !known.includes(type));
  expect(strange).toEqual([]);
});

test('it comes back after a break, and hears what arrives then', async ({ page, sender }) => {
  const user = freshUser();
  let tried = 0;
  let cut = () => {};
  await page.clock.install();
  await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
    tried += 1;
    socket.connectToServer();
    cut = () => void socket.close();
  });
  await openOriginal(page, user);
  const open = () => ask(page, (client) => client.open);
  await expect.poll(open).toBe(true);
  cut();
  await expect.poll(open).toBe(false);
  await page.clock.runFor(1_000);
  await expect.poll(open).toBe(true);
  await sender.send(user, { title: 'Again' });
  await expect.poll(() => titles(page)).toEqual([['Again', false]]);
  expect(tried).toBe(2);
});

test('where no socket opens in five tries, it polls', async ({ page, sender }) => {
  const user = freshUser();
  await page.clock.install();
  await page.addInitScript(() => {
    const refused = class {
      onclose: (() => void) | null = null;
      constructor() {
        setTimeout(() => this.onclose?.());
      }
    };
    Object.assign(window, { WebSocket: refused });
  });
  await openOriginal(page, user);
  await page.clock.runFor(35_000);
  expect(await ask(page, (client) => client.polling)).toBe(true);
  await sender.send(user, { title: 'By polling' });
  await page.clock.runFor(30_000);
  await expect.poll(() => titles(page)).toEqual([['By polling', false]]);
});
