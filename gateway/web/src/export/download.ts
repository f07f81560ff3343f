// Hands text to the browser's downloads.
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken its own hold of the text by the next turn.
  setTimeout(() => URL.revokeObjectURL(url));
}

export function fileName(extension: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return `wanwu-${stamp}.${extension}`;
}
