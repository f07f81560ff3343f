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

// The moment is told as clocks here tell it.
export function fileName(extension: string, now: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two);
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two);
  return `wanwu-${day.join("")}-${time.join("")}.${extension}`;
}
