import { draw, type DrawOrder } from "./draw";

export interface NumberedOrder {
  number: number;
  order: DrawOrder;
}

self.onmessage = ({ data }: MessageEvent<NumberedOrder>) => {
  draw(data.order).then(
    (drawn) => self.postMessage({ number: data.number, drawn }),
    () => self.postMessage({ number: data.number, drawn: null }),
  );
};
