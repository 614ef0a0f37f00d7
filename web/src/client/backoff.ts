/** How long to wait before trying again. */

/** Shortest and longest ceiling of the wait, in milliseconds. */
export interface BackoffLimits {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Exponential backoff with full jitter: anywhere from nothing to the ceiling, so that clients which were dropped
 * together don't come back together. `attempt` counts from 0 and may grow for ever.
 */
export function backoffMs(
  attempt: number,
  limits: BackoffLimits,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(attempt, 30));
  return Math.round(random() * ceiling);
}
