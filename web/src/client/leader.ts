/**
 * Leader election between the tabs of one browser, with the Web Locks API. The tab that holds the leader lock is the
 * leader. The browser frees a lock when its tab closes, and gives the leader lock to the tab that has waited longest.
 */

/** What happens to a request for the leader lock. */
export interface ElectionEvents {
  /** This tab has become the leader. */
  readonly onElected: () => void;
  /** Another tab has taken the lock away. */
  readonly onStolen: () => void;
  /** The browser has answered whether the lock was free. */
  readonly onAnswer?: ((isFree: boolean) => void) | undefined;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

/** Requests the leader lock, and holds it until the signal aborts. */
export function requestLeaderLock(
  name: string,
  options: LockOptions,
  signal: AbortSignal,
  { onElected, onStolen, onAnswer }: ElectionEvents,
): void {
  let isStolen = false;
  const onLock = (lock: Lock | null) => {
    onAnswer?.(lock !== null);
    if (!lock || isStolen || signal.aborted) return null;
    onElected();
    return untilAborted(signal);
  };
  navigator.locks.request(name, options, onLock).catch(() => {
    isStolen = true;
    if (!signal.aborted) onStolen();
  });
}

/** Takes the lock of the focused tab. Settles when another tab takes the lock, or the signal aborts. */
export function holdFocusedTabLock(name: string, signal: AbortSignal): Promise<unknown> {
  return navigator.locks.request(name, { steal: true }, () => untilAborted(signal));
}

/** Whether any tab holds this lock. */
export async function isLockHeld(lockName: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === lockName);
}
