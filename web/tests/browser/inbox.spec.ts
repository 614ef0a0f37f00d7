// The component on its own: keys, failures, being offline, and data that means harm.
import {
  article,
  bell,
  expect,
  expectUnread,
  freshUser,
  live,
  notice,
  openPanel,
  panel,
  resumable,
  signIn,
  test,
  toast,
  wholeAnswer,
} from './support';

test.describe('with a keyboard only', () => {
  test('the bell opens, page keys go through the feed, Escape closes and gives focus back', async ({
    page,
    sender,
  }) => {
    const user = freshUser();
    await sender.send(user, { title: 'Older' });
    await sender.send(user, { title: 'Newer' });
    await signIn(page, user);
    await expectUnread(page, 2);

    await bell(page).focus();
    await page.keyboard.press('Enter');
    await expect(panel(page)).toBeFocused();
    await article(page, 'Newer').focus();
    await page.keyboard.press('PageDown');
    await expect(article(page, 'Older')).toBeFocused();
    await page.keyboard.press('PageUp');
    await expect(article(page, 'Newer')).toBeFocused();
    await page.keyboard.press('Control+Home');
    await expect(panel(page).getByRole('button', { name: 'Close' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(panel(page)).toBeHidden();
    await expect(bell(page)).toBeFocused();
    await expect(bell(page)).toHaveAttribute('aria-expanded', 'false');
  });

  test('an action leaves focus in the list', async ({ page, sender }) => {
    const user = freshUser();
    await sender.send(user, { title: 'Second' });
    await sender.send(user, { title: 'First' });
    await signIn(page, user);
    await openPanel(page);

    await article(page, 'First').getByRole('button', { name: 'Mark as read' }).press('Enter');
    await expect(article(page, 'First').getByRole('button', { name: 'Mark as unread' })).toBeFocused();
    await article(page, 'First').getByRole('button', { name: 'Delete' }).press('Enter');
    await expect(article(page, 'Second')).toBeFocused();
    await article(page, 'Second').getByRole('button', { name: 'Delete' }).press('Enter');
    await expect(panel(page)).toContainText('All quiet');
    await expect(panel(page)).toBeFocused();
    await expectUnread(page, 0);
  });
});

test('articles know their place, and more are loaded when the end comes near', async ({ page, sender }) => {
  const user = freshUser();
  for (let n = 1; n <= 43; n += 1) await sender.send(user, { title: `Number ${n}.` });
  await signIn(page, user);
  await openPanel(page);

  const articles = panel(page).getByRole('article');
  await expect(articles).toHaveCount(20);
  await expect(articles.first()).toContainText('Number 43.');
  await expect(articles.first()).toHaveAttribute('aria-posinset', '1');
  await expect(articles.first()).toHaveAttribute('aria-setsize', '-1');
  await articles.nth(19).scrollIntoViewIfNeeded();
  await expect(articles).toHaveCount(40);
  await articles.nth(39).scrollIntoViewIfNeeded();
  await expect(articles).toHaveCount(43);
  await expect(articles.last()).toContainText('Number 1.');
  await expect(articles.last()).toHaveAttribute('aria-posinset', '43');
  await expect(articles.last()).toHaveAttribute('aria-setsize', '43');
  await expect(panel(page).getByRole('button', { name: 'Load more' })).toHaveCount(0);
});

test('a page that cannot be loaded is asked for once, and again by its button', async ({ page, sender }) => {
  const user = freshUser();
  for (let n = 1; n <= 23; n += 1) await sender.send(user, { title: `Number ${n}.` });
  await signIn(page, user);
  let asked = 0;
  await page.route('**/api/notifications/?*cursor=*', (route) => {
    asked += 1;
    return route.abort();
  });
  await openPanel(page);
  const articles = panel(page).getByRole('article');
  await articles.nth(19).scrollIntoViewIfNeeded();
  await expect(notice(page)).toHaveText("That didn't work. Try again.");
  await expect(panel(page).getByRole('feed')).toHaveAttribute('aria-busy', 'false');
  expect(asked).toBe(1);
  await page.unrouteAll();
  await panel(page).getByRole('button', { name: 'Load more' }).click();
  await expect(articles).toHaveCount(23);
});

test('a link is followed and its notification is read', async ({ page, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'Go home', redirect_url: '/?from=notification' });
  await signIn(page, user);
  await openPanel(page);
  await panel(page).getByRole('link', { name: 'Go home' }).click();
  await page.waitForURL('**/?from=notification');
  await expectUnread(page, 0);
});

test('markup in a notification is text, and an unsafe link is no link', async ({ page, sender }) => {
  const user = freshUser();
  const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
  const id = await sender.send(user, { title: markup, message: markup });
  // The server refuses such a URL; a page must not depend on that.
  await page.route('**/api/notifications/?**', async (route) => {
    const answer = await wholeAnswer(route);
    const body = await answer.json();
    for (const it of body.results) if (it.id === id) it.redirect_url = 'javascript:document.title=1';
    await route.fulfill({ response: answer, json: body });
  });
  await signIn(page, user);
  await openPanel(page);
  await expect(article(page, markup).getByRole('heading')).toHaveText(markup);
  await expect(panel(page).getByRole('link')).toHaveCount(0);
  await expect(page).toHaveTitle('Belfry demo');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

test('a long message is cut until its notification has the focus', async ({ page, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'Long', message: 'A sentence that goes on. '.repeat(40) });
  await signIn(page, user);
  await openPanel(page);
  const message = article(page, 'Long').locator('.message');
  const cut = (await message.boundingBox())?.height ?? 0;
  await page.keyboard.press('j');
  await expect(article(page, 'Long')).toBeFocused();
  expect((await message.boundingBox())?.height).toBeGreaterThan(cut * 2);
  await panel(page).getByRole('button', { name: 'Close' }).focus();
  expect((await message.boundingBox())?.height).toBe(cut);
});

test('what the server refuses is taken back and told', async ({ page, sender }) => {
  const user = freshUser();
  const failed = "That didn't work. Try again.";
  await sender.send(user, { title: 'Stubborn' });
  await signIn(page, user);
  await openPanel(page);
  const refuse = { status: 503, json: {} };
  await page.route(/mark_as|mark_all|archive|snooze/, (route) => route.fulfill(refuse));
  await page.route(/notifications\/[0-9a-f-]{36}\/$/, (route) => route.abort());

  const refused = async (name: string) => {
    await article(page, 'Stubborn').getByRole('button', { name }).click();
    await expect(notice(page)).toHaveText(failed);
    await expect(article(page, 'Stubborn')).toContainText('Unread');
    await expectUnread(page, 1);
  };
  await refused('Mark as read');
  await refused('Archive');
  await article(page, 'Stubborn').getByRole('button', { name: 'Delete' }).click();
  await expect(article(page, 'Stubborn')).toHaveCount(0);
  await expect(notice(page)).toContainText('Deleted: Stubborn');
  await expect(notice(page)).toHaveText(failed, { timeout: 10_000 });
  await expect(article(page, 'Stubborn')).toBeVisible();
  await panel(page).getByRole('button', { name: 'Mark all as read' }).click();
  await expect(notice(page)).toHaveText(failed);
  await expectUnread(page, 1);

  await page.unrouteAll();
  await article(page, 'Stubborn').getByRole('button', { name: 'Mark as read' }).click();
  await expectUnread(page, 0);
});

test('a list that cannot be loaded says so, and loads when it can', async ({ page, sender }) => {
  const user = freshUser();
  await sender.send(user, { title: 'Patience' });
  await page.route('**/api/notifications/?**', (route) => route.abort());
  // A socket that opens and stays silent: nothing but the button asks again.
  await page.routeWebSocket(/\/ws\/notification\//, () => {});
  await page.request.post('/api/session/demo/', { data: { username: user } });
  await page.goto('/');
  await openPanel(page);
  await expect(panel(page)).toContainText("Notifications couldn't be loaded");
  await page.unroute('**/api/notifications/?**');
  await panel(page).getByRole('button', { name: 'Try now' }).click();
  await expect(article(page, 'Patience')).toBeVisible();
});

test('what came while the line was down is shown when it is back', async ({ page, sender }) => {
  const user = freshUser();
  let down = false;
  let cut = () => {};
  await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
    if (down) {
      void socket.close();
      return;
    }
    const server = socket.connectToServer();
    cut = () => {
      void server.close();
      void socket.close();
    };
  });
  await signIn(page, user);
  await page.route('**/api/notifications/**', (route) => (down ? route.abort() : route.continue()));
  down = true;
  cut();
  await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', false);
  await sender.send(user, { title: 'Missed' });
  await expectUnread(page, 0);

  down = false;
  await expect(toast(page, 'Missed')).toBeVisible({ timeout: 15_000 });
  await expectUnread(page, 1);
  await openPanel(page);
  await expect(article(page, 'Missed')).toBeVisible();
  await expect(page.locator('belfry-inbox')).toHaveJSProperty('live', true, { timeout: 15_000 });
});

test('an idle line is asked whether it lives, and a dead one is replaced', async ({ page }) => {
  await page.clock.install();
  const user = freshUser();
  const sent: string[] = [];
  let lines = 0;
  const marks = { read_watermark: null, seen_watermark: null, unread_count: 0, unseen_count: 0 };
  const pace = { ping_interval_s: 300, reconnect: { min_ms: 500, max_ms: 30_000 }, max_age_s: 7_200 };
  await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
    lines += 1;
    const first = lines === 1;
    socket.onMessage((message) => {
      const cursor = `c-${sent.push(String(message))}`;
      if (first && sent.length === 3) return;
      socket.send(JSON.stringify({ type: 'welcome', user, ...marks, ...pace, cursor }));
      if (sent.length === 1) return;
      socket.send(JSON.stringify({ type: 'sync', changes: [], cursor, more: false, recovered: true }));
    });
  });
  await signIn(page, user);
  await resumable(page);
  expect(sent).toEqual(['{"type":"hello","cursor":null}']);
  await page.clock.runFor(5 * 60_000);
  await expect.poll(() => sent[1]).toBe('{"type":"hello","cursor":"c-1"}');
  await page.clock.runFor(15_000);
  expect(lines).toBe(1);
  await page.clock.runFor(5 * 60_000);
  expect(sent[2]).toBe('{"type":"hello","cursor":"c-2"}');
  await expect.poll(() => lines).toBe(2);
  await live(page);
  await expect.poll(() => sent[3]).toBe('{"type":"hello","cursor":"c-2"}');
});

test('frames that are not ours change nothing and break nothing', async ({ page, sender }) => {
  const user = freshUser();
  await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      for (const noise of ['[]', '7', 'null', 'not json', '{"type":"later"}', '{"type":"notification"}'])
        socket.send(noise);
      socket.send(message);
      socket.send(message);
    });
  });
  await signIn(page, user);
  await sender.send(user, { title: 'Among noise' });
  await expect(toast(page, 'Among noise')).toHaveCount(1);
  await openPanel(page);
  await expect(article(page, 'Among noise')).toHaveCount(1);
  await expectUnread(page, 1);
});
