// One socket for all tabs: who opens it, who is told what, and who takes it over.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type SharedOptions, SharedSocket } from '../../src/client/shared-socket.js';
import { FakeWebSocket, newest } from './fake-socket.js';
import { notificationFrame, settled, sync, uuid, welcome } from './support.js';
import { FakeChannel, openBrowser } from './tabs.js';

const MINUTE = 60_000;
const push = notificationFrame(9);
let page = new EventTarget();
/** Whose session the browser has. */
let session = 'ana';
let asked = 0;

class Tab {
  readonly heard: string[] = [];
  opened = 0;
  readonly downs: boolean[] = [];
  doubts = 0;
  user: string | null;
  readonly shared: SharedSocket;

  constructor(
    readonly cursor: string | null = null,
    user: string | null = 'ana',
    over: Partial<SharedOptions> = {},
  ) {
    this.user = user;
    this.shared = new SharedSocket({
      name: 'test',
      url: 'ws://here/',
      user: () => this.user,
      whoAmI: async () => {
        asked += 1;
        return session;
      },
      greeting: () => JSON.stringify({ type: 'hello', cursor }),
      onOpen: () => void this.opened++,
      onText: (data) => this.#hear(JSON.parse(data as string)),
      onDown: (refused) => void this.downs.push(refused),
      onDoubt: () => void this.doubts++,
      ...over,
    });
  }

  #hear(frame: { type: string; user?: string; cursor?: string; notification_id?: string }): void {
    this.heard.push(frame.type);
    if (frame.user !== undefined) this.user = frame.user;
    if (frame.type === 'welcome') this.shared.line.answered(this.cursor === null);
    if (frame.type === 'sync') this.shared.line.answered(true);
  }

  async start(): Promise<this> {
    this.shared.line.start();
    await settled();
    return this;
  }
}

/** The server answers the first hello of the newest socket. */
async function greeted(user = session): Promise<FakeWebSocket> {
  const socket = newest();
  socket.open();
  socket.say(welcome({ user }));
  await settled();
  return socket;
}

const hellos = (socket: FakeWebSocket) => socket.sent.map((text) => JSON.parse(text).cursor);
const open = () => FakeWebSocket.all.filter(({ readyState }) => readyState === FakeWebSocket.OPEN);

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] } as never);
  page = openBrowser(true);
  session = 'ana';
  asked = 0;
});

afterEach(() => mock.reset());

test('a tab that is alone has the socket, and nobody is asked who it is', async () => {
  const tab = await new Tab().start();
  assert.equal(FakeWebSocket.all.length, 1);
  await greeted();
  assert.deepEqual([tab.heard, tab.opened, tab.shared.leads], [['welcome'], 1, true]);
  assert.equal(asked, 0);
  tab.shared.stop(false);
});

test('a second tab says hello over the socket of the first, with its own cursor, and alone hears the answer', async () => {
  const first = await new Tab().start();
  const socket = await greeted();
  const second = await new Tab('c-2').start();
  assert.equal(FakeWebSocket.all.length, 1);
  assert.deepEqual(hellos(socket), [null, 'c-2']);
  socket.say(welcome());
  socket.say(sync([], { more: true }));
  socket.say(sync([]));
  await settled();
  assert.deepEqual(first.heard, ['welcome']);
  assert.deepEqual(second.heard, ['welcome', 'sync', 'sync']);
  assert.deepEqual([second.opened, second.shared.leads, asked], [1, false, 1]);
});

test('what the server says by itself is heard in every tab', async () => {
  const tabs = [await new Tab().start()];
  const socket = await greeted();
  tabs.push(await new Tab().start(), await new Tab().start());
  socket.say(push);
  socket.say({ type: 'read_all', up_to: uuid(1) });
  await settled();
  for (const { heard } of tabs)
    assert.deepEqual(
      heard.filter((type) => type !== 'welcome'),
      ['notification', 'read_all'],
    );
});

test('hellos wait for each other, and each answer finds its tab', async () => {
  const first = await new Tab('c-1').start();
  newest().open();
  const socket = newest();
  const [second, third] = [await new Tab('c-2').start(), await new Tab(null).start()];
  assert.deepEqual(hellos(socket), ['c-1']);
  socket.say(welcome());
  socket.say(sync([]));
  await settled();
  assert.deepEqual(hellos(socket), ['c-1', 'c-2']);
  socket.say(welcome());
  await settled();
  assert.deepEqual(hellos(socket), ['c-1', 'c-2']);
  socket.say(sync([]));
  await settled();
  assert.deepEqual(hellos(socket), ['c-1', 'c-2', null]);
  socket.say(welcome());
  socket.say(push);
  await settled();
  assert.deepEqual(first.heard, ['welcome', 'sync', 'notification']);
  assert.deepEqual(second.heard, ['welcome', 'sync', 'notification']);
  assert.deepEqual(third.heard, ['welcome', 'notification']);
});

test('before the server has said whose line it is, other tabs are told nothing', async () => {
  await new Tab().start();
  newest().open();
  const second = await new Tab().start();
  newest().say(push);
  await settled();
  assert.deepEqual([second.heard, second.opened], [[], 0]);
});

test('the tab that was waiting longest takes over when the leading one ends', async () => {
  const first = await new Tab().start();
  await greeted();
  const [second, third] = [await new Tab().start(), await new Tab('c-3').start()];
  first.shared.stop(false);
  await settled();
  assert.deepEqual([second.shared.leads, third.shared.leads], [true, false]);
  assert.equal(FakeWebSocket.all.length, 2);
  const socket = await greeted();
  mock.timers.tick(1_000);
  await settled();
  assert.deepEqual(hellos(socket), [null, 'c-3']);
  assert.equal(open().length, 1);
});

test('a leading tab that says nothing loses the socket, and follows when it runs again', async () => {
  const first = await new Tab().start();
  const old = await greeted();
  const channel = FakeChannel.all[0] as FakeChannel;
  const second = await new Tab().start();
  old.say(welcome());
  await settled();
  channel.frozen = true;
  second.shared.line.greet();
  await settled();
  mock.timers.tick(10_000);
  await settled();
  assert.equal(second.shared.leads, false);
  mock.timers.tick(1_000);
  mock.timers.tick(3_000);
  channel.frozen = false;
  await settled();
  assert.equal(second.shared.leads, true);
  assert.equal(first.shared.leads, false);
  assert.equal(old.readyState, FakeWebSocket.CLOSED);
  const socket = await greeted();
  mock.timers.tick(1_000);
  await settled();
  socket.say(welcome());
  socket.say(push);
  await settled();
  assert.ok(first.heard.includes('notification'));
  assert.equal(open().length, 1);
});

test('tabs of another user, or of another server, have their own', async () => {
  const anas = await new Tab().start();
  const hers = await greeted();
  session = 'bruno';
  const brunos = await new Tab(null, 'bruno').start();
  const his = await greeted();
  const elsewhere = await new Tab(null, 'ana', { name: 'other' }).start();
  assert.equal(FakeWebSocket.all.length, 3);
  hers.say(push);
  his.say({ type: 'read_all', up_to: uuid(1) });
  await settled();
  assert.deepEqual(anas.heard, ['welcome', 'notification']);
  assert.deepEqual(brunos.heard, ['welcome', 'read_all']);
  assert.deepEqual(elsewhere.heard, []);
});

test('a tab that shows what an earlier user has left is not let in', async () => {
  await new Tab().start();
  const hers = await greeted();
  session = 'bruno';
  const late = await new Tab('c-ana', 'ana').start();
  hers.say(push);
  await settled();
  assert.deepEqual([late.heard, late.opened, late.doubts], [[], 0, 1]);
  assert.deepEqual(hellos(hers), [null]);
  late.user = null;
  mock.timers.tick(1_000);
  await settled();
  assert.equal(FakeWebSocket.all.length, 2);
  assert.equal(late.shared.leads, true);
});

test('a line that turns out to be of another user is never told to others, and its tab moves', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  session = 'bruno';
  newest().close();
  mock.timers.tick(1_000);
  await settled();
  const socket = newest();
  await greeted('bruno');
  socket.say(push);
  await settled();
  assert.deepEqual(second.heard, []);
  assert.equal(first.user, 'bruno');
  assert.equal(second.user, 'ana');
});

test('the end of a session makes all tabs ask for themselves', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  const stranger = await new Tab(null, 'bruno').start();
  first.shared.stop(true);
  await settled();
  assert.deepEqual([first.doubts, second.doubts, stranger.doubts], [0, 1, 0]);
});

test('a refused socket is refused for all, and an opened one is open for all', async () => {
  const first = await new Tab().start();
  const second = await new Tab().start();
  newest().close();
  await settled();
  assert.deepEqual([first.downs, second.downs], [[true], [true]]);
  mock.timers.tick(1_000);
  await settled();
  await greeted();
  await settled();
  assert.deepEqual([first.opened, second.opened], [1, 1]);
});

/** Lets time pass, while the server answers every hello. */
async function pass(minutes: number, each = () => {}): Promise<void> {
  for (const socket of open()) {
    socket.send = () => void Promise.resolve().then(() => socket.say(welcome()));
    socket.say(welcome());
  }
  for (let minute = 0; minute < minutes; minute += 1) {
    await settled();
    mock.timers.tick(MINUTE);
    each();
  }
  await settled();
}

const hide = (hidden: boolean) => Object.assign(page, { hidden });

test('with no tab looked at for ten minutes the socket is closed, and whichever is looked at opens it', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  hide(true);
  page.dispatchEvent(new Event('visibilitychange'));
  await pass(9);
  assert.equal(open().length, 1);
  await pass(2);
  assert.equal(open().length, 0);
  assert.deepEqual([first.downs, second.downs], [[false], [false]]);
  await pass(60);
  assert.equal(FakeWebSocket.all.length, 1);
  hide(false);
  second.shared.line.looked();
  await settled();
  assert.equal(FakeWebSocket.all.length, 2);
  await greeted();
  assert.deepEqual([first.opened, second.opened], [2, 2]);
});

test('a leading tab in the background keeps the socket for one that is looked at', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  // Only the leading tab is hidden when it comes to that.
  await pass(40, () => {
    hide(false);
    second.shared.looked();
    hide(true);
  });
  assert.equal(open().length, 1);
  assert.deepEqual(first.downs, []);
});

test('where the browser knows no locks, each tab has its own socket and rings', async () => {
  openBrowser(false);
  const [first, second] = [await new Tab().start(), await new Tab().start()];
  assert.equal(FakeWebSocket.all.length, 2);
  assert.deepEqual([await first.shared.rings(), await second.shared.rings()], [true, true]);
});

test('one tab rings: that which was looked at last, and else the leading one', async () => {
  const first = await new Tab().start();
  await greeted();
  const second = await new Tab().start();
  const rings = async () => [await first.shared.rings(), await second.shared.rings()];
  assert.deepEqual(await rings(), [false, true]);
  first.shared.looked();
  await settled();
  assert.deepEqual(await rings(), [true, false]);
  second.shared.looked();
  await settled();
  assert.deepEqual(await rings(), [false, true]);
  second.shared.stop(false);
  await settled();
  assert.equal(await first.shared.rings(), true);
});
