// Choices that survive a reload, where the browser lets them.

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`wanwu.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`wanwu.${key}`);
    else localStorage.setItem(`wanwu.${key}`, value);
  } catch {
    // Private windows and blocked storage: the choice lasts until reload.
  }
}
