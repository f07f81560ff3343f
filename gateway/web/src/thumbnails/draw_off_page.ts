import { draw, type Drawn } from "./draw";
import type { Draw } from "./drawing_office";

interface Delivery {
  number: number;
  drawn: Drawn | null;
}

// Draws in a worker, so that scrolling stays smooth; on the page itself where
// the browser's workers cannot draw.
export function drawOffPage(): Draw {
  if (typeof OffscreenCanvas === "undefined") return draw;
  const worker = new Worker(new URL("./draw_worker.ts", import.meta.url), {
    type: "module",
  });
  const open = new Map<number, (drawn: Drawn | null) => void>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<Delivery>) => {
    open.get(data.number)?.(data.drawn);
    open.delete(data.number);
  };
  return (order) =>
    new Promise((resolve) => {
      last += 1;
      open.set(last, resolve);
      worker.postMessage({ number: last, order });
    });
}


