const WHOLE: Intl.NumberFormat = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with its thousands set apart: `1,234,567`. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** `1 item`, `2 items`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share of a whole: `90.6 %`; never `100 %` or `0 %` of what is not all or nothing. Empty when there is no whole. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '';
  if (part === 0 || part === whole) return part === 0 ? '0 %' : '100 %';
  const percent = Math.min(99.9, Math.max(0.1, (100 * part) / whole));
  return `${percent.toFixed(1)} %`;
}

/** A span of time for a screen: `8 ms`, `1.2 s`, `3 min 05 s`, `2 h 10 min`; `–` when unknown. */
export function formatMs(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '–';
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${formatCount(Math.floor(whole / 3600))} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** Time that is left, in whole seconds, rounded up: an estimate is not finer. */
export function formatSeconds(ms: number): string {
  return ms < 59_000 ? `${Math.ceil(ms / 1000)} s` : formatMs(ms);
}

/** A clock that counts up: `0:07`, `12:34`, `1:02:03`. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const tail = String(seconds % 60).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${tail}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${tail}`;
}

/** Bytes in decimal units: `512 B`, `14.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'kB', 'MB', 'GB', 'TB']) {
    if (value < 999.5 || unit === 'TB')
      return `${unit === 'B' || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return '';
}

/** Events a second: `312/s`, `4.2/s`, `12/min` when there are few. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 9.95 || perSecond === 0) return `${formatCount(perSecond)}/s`;
  if (perSecond >= 0.95) return `${perSecond.toFixed(1)}/s`;
  return `${(perSecond * 60).toFixed(perSecond * 60 >= 9.95 ? 0 : 1)}/min`;
}

/** A moment in the reader's own time zone: `2026-11-23 14:05:09`. */
export function formatMoment(moment: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
}
