// Resolves after the time, or at once when aborted.
export function wait(ms: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (abort.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      abort.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    abort.addEventListener("abort", end);
  });
}
