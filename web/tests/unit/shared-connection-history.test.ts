// Random histories of tabs and their one socket: whatever opens, ends, hangs or breaks, each tab comes to know everything.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { SharedConnection } from '../../src/client/shared-connection.js';
import { FakeChannel } from './fake-browser.js';
import { FakeWebSocket } from './fake-socket.js';
import { flushMicrotasks, notificationFrame, sync, welcome } from './support.js';
import { openFakeBrowser } from './tab-harness.js';

const SECOND = 1_000;

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The server: everything sent so far, and the sockets to tell of it. */
class Server {
  sent = 0;
  up = true;
  readonly #met = new WeakSet<FakeWebSocket>();

  get open(): FakeWebSocket[] {
    return FakeWebSocket.all.filter(({ readyState }) => readyState === FakeWebSocket.OPEN);
  }

  /** Takes in those who knock, or turns them away. */
  greet(): void {
    for (const socket of FakeWebSocket.all) {
      if (socket.readyState !== FakeWebSocket.CONNECTING || this.#met.has(socket)) continue;
      this.#met.add(socket);
      socket.send = (text) =>
        void Promise.resolve().then(() => this.#answer(socket, JSON.parse(text).cursor));
      if (this.up) socket.open();
      else socket.close();
    }
  }

  send(lost: boolean): void {
    this.sent += 1;
    if (!lost) for (const socket of this.open) socket.receive(notificationFrame(this.sent));
  }

  #answer(socket: FakeWebSocket, cursor: string | null): void {
    if (socket.readyState !== FakeWebSocket.OPEN) return;
    socket.receive(welcome({ cursor: String(this.sent) }));
    if (cursor === null) return;
    const missed = Array.from({ length: this.sent - Number(cursor) }, (_, n) =>
      notificationFrame(Number(cursor) + n + 1),
    );
    const half = Math.floor(missed.length / 2);
    socket.receive(sync(missed.slice(0, half), { more: true }));
    socket.receive(sync(missed.slice(half), { cursor: String(this.sent) }));
  }
}

/** A tab that knows what it was told, and resumes from where it knows everything. */
class Tab {
  readonly known = new Set<string>();
  cursor = 0;
  readonly shared: SharedConnection;
  readonly channels: FakeChannel[];

  constructor(server: Server) {
    const before = FakeChannel.all.length;
    // A new page loads the list first.
    for (let n = 1; n <= server.sent; n += 1) this.known.add(notificationFrame(n).notification_id);
    this.cursor = server.sent;
    this.shared = new SharedConnection({
      name: 'history',
      url: 'ws://here/',
      user: () => 'ana',
      whoAmI: async () => 'ana',
      helloFrame: () => JSON.stringify({ type: 'hello', cursor: String(this.cursor) }),
      onOpen: () => {},
      onMessage: (data) => this.#hear(JSON.parse(data as string)),
      onDisconnect: () => {},
      onSessionChange: () => {},
    });
    this.shared.connection.start();
    this.channels = FakeChannel.all.slice(before);
  }

  #hear(frame: {
    type: string;
    notification_id: string;
    changes: { notification_id: string }[];
    cursor: string;
    more: boolean;
  }): void {
    if (frame.type === 'notification') this.known.add(frame.notification_id);
    if (frame.type === 'welcome') this.shared.connection.onReply(false);
    if (frame.type !== 'sync') return;
    for (const change of frame.changes) this.known.add(change.notification_id);
    if (!frame.more) this.cursor = Number(frame.cursor);
    this.shared.connection.onReply(!frame.more);
  }
}

/** Lets a time pass, in which everyone gets their turn. */
async function pass(server: Server, seconds: number): Promise<void> {
  for (let n = 0; n < seconds * 2; n += 1) {
    server.greet();
    await flushMicrotasks();
    mock.timers.tick(SECOND / 2);
    await flushMicrotasks();
  }
}

async function play(seed: number): Promise<void> {
  const random = seeded(seed);
  mock.method(Math, 'random', random);
  const server = new Server();
  const tabs = [new Tab(server)];
  const any = () => tabs[Math.floor(random() * tabs.length)] as Tab;
  const events: (() => void)[] = [
    () => server.send(false),
    () => server.send(random() < 0.3),
    () => void (tabs.length < 6 && tabs.push(new Tab(server))),
    () => {
      if (tabs.length > 1) tabs.splice(tabs.indexOf(any()), 1)[0]?.shared.stop(false);
    },
    // What that tab says is lost for a while, and what is said to it.
    () => {
      for (const channel of FakeChannel.all) if (random() < 0.2) channel.frozen = !channel.frozen;
    },
    () => void server.open[0]?.close(),
    () => {
      server.up = !server.up;
    },
    () => any().shared.connection.sendHello(),
    () => any().shared.onFocusChange(),
  ];
  for (let step = 0; step < 60; step += 1) {
    events[Math.floor(random() * events.length)]?.();
    await pass(server, random() * 3);
  }
  server.up = true;
  for (const channel of FakeChannel.all) channel.frozen = false;
  await pass(server, 60);
  for (const tab of tabs) tab.shared.connection.sendHello();
  await pass(server, 30);
  assert.equal(server.open.length, 1, 'one socket');
  assert.equal(tabs.filter(({ shared }) => shared.isLeader).length, 1, 'one leads');
  const rings = await Promise.all(tabs.map(({ shared }) => shared.shouldNotify()));
  assert.equal(rings.filter(Boolean).length, 1, 'one rings');
  for (const { known } of tabs) assert.equal(known.size, server.sent, 'all is known');
  server.send(false);
  await flushMicrotasks();
  for (const { known } of tabs) assert.equal(known.size, server.sent, 'what is new is known');
  for (const tab of tabs) tab.shared.stop(false);
}

beforeEach(openFakeBrowser);
afterEach(() => mock.reset());

for (let seed = 1; seed <= 40; seed += 1) {
  test(`tabs come and go, and each knows everything (${seed})`, () => play(seed));
}
