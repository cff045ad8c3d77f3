let held = 0;
let isHeld = false;

/** The time on the clock of `performance.now()`, in milliseconds; while it is held, the one at which that began. */
export function moment(): number {
  return isHeld ? held : performance.now();
}

/**
 * Holds the clock for what happens in one go, as the many events of one read do: they share one moment, and one reading of the clock, which
 * would otherwise be a tenth of what a request costs. True when the caller has to let go of it again, before anything is waited for.
 */
export function holdMoment(): boolean {
  if (isHeld) return false;
  held = performance.now();
  isHeld = true;
  return true;
}

/** For who was told so by {@link holdMoment}. */
export function releaseMoment(): void {
  isHeld = false;
}
