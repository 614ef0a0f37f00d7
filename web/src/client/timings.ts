/** Heartbeat, backoff and age of the socket, as the server asks for them, within sane bounds. */
import type { BackoffLimits } from './backoff.js';
import type { WelcomeFrame } from './frame-types.js';

/** The times of a socket. */
export interface Timings extends BackoffLimits {
  /** How often to send a hello on an open connection, as its heartbeat. */
  readonly heartbeatMs: number;
  /** The age at which the server closes a connection. */
  readonly maxAgeMs: number;
}

/** How long an answer, or the handshake, may take. */
export const REPLY_TIMEOUT_MS = 10_000;

/** How long an answering line must hold before the next break counts as a first one. */
export const STABLE_MS = 5_000;

const MINUTE_MS = 60_000;

/** How long a line is kept that nobody looks at. */
export const IDLE_MS = 10 * MINUTE_MS;

/** Before the server has said anything: API Gateway ends a line after ten silent minutes, or two hours. */
export const defaultTimings: Timings = {
  minMs: 500,
  maxMs: 30_000,
  heartbeatMs: 8 * MINUTE_MS,
  maxAgeMs: 120 * MINUTE_MS,
};

function clampOr(value = 0, low: number, high: number, fallback: number): number {
  return value > 0 ? Math.min(high, Math.max(low, value)) : fallback;
}

/** The pace that a welcome asks for. */
export function readTimings({ reconnect, ping_interval_s = 0, max_age_s = 0 }: WelcomeFrame): Timings {
  const minMs = clampOr(reconnect?.min_ms, 100, MINUTE_MS, defaultTimings.minMs);
  return {
    minMs,
    maxMs: clampOr(reconnect?.max_ms, minMs, 10 * MINUTE_MS, defaultTimings.maxMs),
    heartbeatMs: clampOr(ping_interval_s * 1000, 5_000, 9 * MINUTE_MS, defaultTimings.heartbeatMs),
    maxAgeMs: clampOr(max_age_s * 1000, MINUTE_MS, 24 * 60 * MINUTE_MS, defaultTimings.maxAgeMs),
  };
}

/** When to replace a line of one's own accord: early enough, and not when all others do. */
export function renewalDelayMs(timings: Timings, random: () => number = Math.random): number {
  return Math.round(timings.maxAgeMs * (0.75 + 0.21 * random()));
}

/** When to come back after being sent away: not before that time, and not together with all others. */
export function reconnectDelayMs(
  afterMs: number,
  timings: Timings,
  random: () => number = Math.random,
): number {
  const wait = clampOr(afterMs, 0, 10 * MINUTE_MS, 0);
  return Math.round(wait + random() * Math.max(wait, timings.minMs));
}
