const flushes = new Set<() => void>();

/** Has `flush` called when the process ends in any way that runs code; returns what undoes it. One listener serves all loggers. */
export function flushAtExit(flush: () => void): () => void {
  if (flushes.size === 0) process.on('exit', flushAll);
  flushes.add(flush);
  return () => {
    flushes.delete(flush);
    if (flushes.size === 0) process.off('exit', flushAll);
  };
}

function flushAll(): void {
  for (const flush of flushes) flush();
}
