// The client and its connection: without a socket it polls, and it rests while nobody looks.
import type { Page } from '@playwright/test';
import { connected, expectTitles, openClient, session, told, view } from './headless';
import { expect, freshUser, test } from './support';

/** Keeps sockets from opening, until told otherwise; counts those that were tried. */
async function shutSockets(page: Page): Promise<{ shut: boolean; tried: number }> {
  const door = { shut: true, tried: 0 };
  await page.routeWebSocket(/\/ws\/notification\//, (socket) => {
    door.tried += 1;
    if (door.shut) void socket.close();
    else socket.connectToServer();
  });
  return door;
}

/** How the lists that a page asks for are answered. */
function listAnswers(page: Page): number[] {
  const answers: number[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === '/api/notifications/') answers.push(response.status());
  });
  return answers;
}

/** Lets time pass in a page, which waits for every answer that it is owed. */
async function timeIn(page: Page): Promise<(minutes: number) => Promise<void>> {
  await page.clock.install();
  const owed = new Set<string>();
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) =>
      owed.add(JSON.parse(String(payload)).cursor ? 'sync' : 'welcome'),
    );
    socket.on('framereceived', ({ payload }) => owed.delete(JSON.parse(String(payload)).type));
  });
  return async (minutes) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await page.clock.fastForward(60_000);
      await page.evaluate(() => 0);
      await expect.poll(() => owed.size).toBe(0);
    }
  };
}

/** Shows or hides the page, as far as its scripts can tell. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('without a socket it polls, at little cost, and goes back to the socket', async ({ page, sender }) => {
  const user = freshUser();
  await session(page, user);
  await sender.send(user, { title: 'Before' });
  await page.clock.install();
  const door = await shutSockets(page);
  const answers = listAnswers(page);
  await openClient(page);
  await expectTitles(page, 'Before');
  await expect.poll(() => door.tried).toBeGreaterThan(0);
  test.slow();
  const patiently = { timeout: 25_000, intervals: [100] };
  // Little by little: an answer must not take longer than a request may.
  const later = async () => {
    await page.clock.runFor(3_000);
    return (await view(page)).items.length;
  };
  const polled = async () => {
    await later();
    return answers;
  };
  await expect.poll(polled, patiently).toContain(304);
  const { offline, live } = await view(page);
  expect([offline, live]).toEqual([true, false]);
  expect(answers.filter((status) => status === 200)).toHaveLength(1);

  await sender.send(user, { title: 'By polling' });
  await expect.poll(later, patiently).toBe(2);
  expect(await told(page, 'rang')).toEqual(['By polling']);

  door.shut = false;
  const back = async () => {
    await later();
    return (await view(page)).live;
  };
  await expect.poll(back, patiently).toBe(true);
  await sender.send(user, { title: 'By the socket' });
  await expectTitles(page, 'By the socket', 'By polling', 'Before');
  expect((await view(page)).offline).toBe(false);
  const before = answers.length;
  for (let seconds = 0; seconds < 120; seconds += 3) await later();
  expect(answers).toHaveLength(before);
});

test('after ten minutes that nobody looked the socket is closed, and looking brings what came', async ({
  page,
  sender,
}) => {
  const user = freshUser();
  await session(page, user);
  await sender.send(user, { title: 'Before' });
  const pass = await timeIn(page);
  await openClient(page);
  await connected(page);
  await pass(11);
  const answers = listAnswers(page);
  expect((await view(page)).live).toBe(true);
  await hide(page, true);
  await pass(9);
  expect((await view(page)).live).toBe(true);
  await pass(2);
  const { live, offline } = await view(page);
  expect([live, offline]).toEqual([false, false]);
  await sender.send(user, { title: 'Meanwhile' });
  await pass(30);
  await expectTitles(page, 'Before');
  await hide(page, false);
  await expectTitles(page, 'Meanwhile', 'Before');
  expect(await told(page, 'rang')).toEqual(['Meanwhile']);
  expect(answers).toEqual([]);
});

test('a line is replaced by itself before the server would end it', async ({ page }) => {
  test.slow();
  await session(page, freshUser());
  const pass = await timeIn(page);
  let sockets = 0;
  page.on('websocket', () => {
    sockets += 1;
  });
  await openClient(page);
  await connected(page);
  const back = async () => {
    await page.clock.runFor(100);
    return (await view(page)).live;
  };
  const live = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await pass(1);
      await expect.poll(back).toBe(true);
    }
  };
  await live(89);
  const early = sockets;
  await live(27);
  expect([early, sockets]).toEqual([1, 2]);
});

test('a session that ends is over in the client, which keeps nothing', async ({ page, sender }) => {
  const user = freshUser();
  await session(page, user);
  await sender.send(user, { title: 'A secret' });
  await openClient(page);
  await connected(page);
  await page.request.delete('/api/session/', { headers: { 'x-requested-with': 'test' } });
  await expect.poll(async () => (await view(page)).status, { timeout: 15_000 }).toBe('signed-out');
  expect((await view(page)).items).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).toBe('{}');
});
