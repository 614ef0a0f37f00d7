// A page that is loaded again goes on where it was, for the same user alone.
import type { Page, WebSocketRoute } from '@playwright/test';
import {
  article,
  deviceOf,
  expect,
  expectUnread,
  freshUser,
  kept,
  listRequests,
  live,
  openPanel,
  panel,
  resumable,
  signIn,
  test,
  toast,
} from './support';

const articles = (page: Page) => panel(page).getByRole('article');

/** Scrolls to the end of the first page, which loads the next one and takes the button away. */
async function loadMore(page: Page): Promise<void> {
  await expect(articles(page)).toHaveCount(20);
  await articles(page).nth(19).scrollIntoViewIfNeeded();
}

test.describe('the page was reloaded', () => {
  test('it goes on where it was, without a list', async ({ page, sender, baseURL }) => {
    const user = freshUser();
    const ids: string[] = [];
    for (let n = 1; n <= 25; n += 1) ids.push(await sender.send(user, { title: `Number ${n}.` }));
    await signIn(page, user);
    await openPanel(page);
    await loadMore(page);
    await expect(articles(page)).toHaveCount(25);

    await resumable(page);
    await page.goto('about:blank');
    const device = await deviceOf(user, baseURL);
    await device.post(`/api/notifications/${ids[24]}/mark_as_read/`);
    await device.delete(`/api/notifications/${ids[0]}/`);
    await device.dispose();
    await sender.send(user, { title: 'Number 26.' });

    const lists = listRequests(page);
    await page.goto('/');
    await expectUnread(page, 24);
    await expect(toast(page, 'Number')).toHaveCount(1);
    await openPanel(page);
    await expect(articles(page)).toHaveCount(25);
    await expect(articles(page).first()).toContainText('Number 26.');
    await expect(article(page, 'Number 25.')).not.toContainText('Unread');
    await expect(article(page, 'Number 1.')).toHaveCount(0);
    await sender.send(user, { title: 'Number 27.' });
    await expect(articles(page)).toHaveCount(26);
    expect(lists).toEqual([]);
  });

  test('what is older than the loaded part comes with its page', async ({ page, sender, baseURL }) => {
    const user = freshUser();
    const ids: string[] = [];
    for (let n = 1; n <= 23; n += 1) ids.push(await sender.send(user, { title: `Number ${n}.` }));
    await signIn(page, user);
    await openPanel(page);
    await expect(articles(page)).toHaveCount(20);
    await resumable(page);
    await page.goto('about:blank');
    const device = await deviceOf(user, baseURL);
    await device.post(`/api/notifications/${ids[0]}/mark_as_read/`);
    await device.dispose();
    await page.goto('/');
    await expectUnread(page, 22);
    await openPanel(page);
    await expect(articles(page)).toHaveCount(20);
    await loadMore(page);
    await expect(articles(page)).toHaveCount(23);
    await expect(articles(page).last()).toContainText('Number 1.');
    await expect(articles(page).last()).not.toContainText('Unread');
  });

  test('what fills several frames comes whole', async ({ page, sender }) => {
    const user = freshUser();
    const syncs: { more: boolean }[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        const frame = JSON.parse(String(payload));
        if (frame.type === 'sync') syncs.push(frame);
      }),
    );
    await signIn(page, user);
    await resumable(page);
    await page.goto('about:blank');
    for (let n = 1; n <= 12; n += 1)
      await sender.send(user, { title: `Long ${n}.`, message: 'x'.repeat(9_000) });
    const lists = listRequests(page);
    await page.goto('/');
    await expectUnread(page, 12);
    await openPanel(page);
    await expect(articles(page)).toHaveCount(12);
    expect(syncs.length).toBeGreaterThan(2);
    expect(syncs.map(({ more }) => more)).toEqual(syncs.map((_, n) => n < syncs.length - 1));
    expect(lists).toEqual([]);
  });

  test('a cursor that the server cannot resume from is replaced with the list', async ({ page, sender }) => {
    const user = freshUser();
    await sender.send(user, { title: 'Before' });
    await signIn(page, user);
    await resumable(page);
    await page.goto('/favicon.svg');
    await page.evaluate(() => {
      for (const [key, text] of Object.entries(sessionStorage))
        sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), cursor: 'of another time' }));
    });
    await sender.send(user, { title: 'Meanwhile' });
    const hellos: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => void hellos.push(String(payload))),
    );
    const lists = listRequests(page);
    await page.goto('/');
    await expectUnread(page, 2);
    await expect(toast(page, 'Meanwhile')).toBeVisible();
    await openPanel(page);
    await expect(articles(page)).toHaveCount(2);
    await expect.poll(() => hellos.length).toBe(2);
    expect(hellos[0]).toContain('"of another time"');
    expect(hellos[1]).toMatch(/"cursor":"[^" ]{20,}"/);
    expect(lists).toHaveLength(1);
  });

  for (const [how, act] of [
    ['shut', (socket: WebSocketRoute) => void socket.close()],
    ['silent', () => {}],
  ] as const) {
    test(`where the socket stays ${how}, the list is loaded as ever`, async ({ page, sender }) => {
      const user = freshUser();
      await sender.send(user, { title: 'By the list' });
      await signIn(page, user);
      await resumable(page);
      await page.routeWebSocket(/\/ws\/notification\//, act);
      const lists = listRequests(page);
      await page.reload();
      await expect.poll(() => lists.length, { timeout: 10_000 }).toBeGreaterThan(0);
      await expectUnread(page, 1);
      await openPanel(page);
      await expect(article(page, 'By the list')).toBeVisible();
    });
  }

  test('what is kept is nonsense: it starts afresh', async ({ page, sender }) => {
    const user = freshUser();
    await sender.send(user, { title: 'Still here' });
    await signIn(page, user);
    await resumable(page);
    const name = await page.evaluate(() =>
      Object.keys(sessionStorage).find((key) => key.startsWith('belfry')),
    );
    expect(name).toBeDefined();
    await page.goto('/favicon.svg');
    await page.evaluate((key) => sessionStorage.setItem(key ?? '', '{"user":"ana","items":[{}]}'), name);
    await page.goto('/');
    await live(page);
    await expectUnread(page, 1);
  });
});

test.describe('someone else uses the browser', () => {
  test('the next user sees nothing of the one before', async ({ page, sender }) => {
    const [first, second] = [freshUser(), freshUser()];
    await sender.send(first, { title: 'A secret' });
    await sender.send(second, { title: 'My own' });
    await signIn(page, first);
    await resumable(page);
    await page.goto('/favicon.svg');
    expect(await kept(page)).toContain('A secret');

    await page.request.post('/api/session/demo/', { data: { username: second } });
    await page.addInitScript(() => {
      Object.assign(window, { counts: [] });
      document.addEventListener('belfry-unread', (event) => {
        (window as unknown as { counts: unknown[] }).counts.push((event as CustomEvent).detail.count);
      });
      new MutationObserver(() => {
        const shown = document.querySelector('belfry-inbox')?.shadowRoot?.textContent ?? '';
        if (shown.includes('A secret')) Object.assign(window, { leaked: true });
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    await page.goto('/');
    await live(page);
    await openPanel(page);
    await expect(article(page, 'My own')).toBeVisible();
    await expect(panel(page)).not.toContainText('A secret');
    await expectUnread(page, 1);
    expect(await page.evaluate(() => 'leaked' in window)).toBe(false);
    expect(await kept(page)).not.toContain('A secret');
    await page.goto('/favicon.svg');
    expect(await kept(page)).not.toContain('A secret');
  });

  test('signing out leaves nothing in the tab', async ({ page, sender }) => {
    const user = 'vera';
    await sender.send(user, { title: 'Only for vera' });
    await signIn(page, user);
    await resumable(page);
    expect(await kept(page)).toContain('Only for vera');
    await page.reload();
    await live(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.locator('#signed-out')).toBeVisible();
    await expect.poll(() => kept(page)).not.toContain('Only for vera');
    await page.reload();
    await expect(page.locator('#signed-out')).toBeVisible();
    expect(await kept(page)).not.toContain('Only for vera');
  });
});
