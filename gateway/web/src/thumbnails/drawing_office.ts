import type { Drawn, DrawOrder } from "./draw";

export type Draw = (order: DrawOrder) => Promise<Drawn | null>;

interface Waiting {
  order: DrawOrder;
  isWanted: () => boolean;
  deliver: (drawn: Drawn | null) => void;
}

// Draws a few pictures at a time, first come first served. What was scrolled out
// of sight while it waited is passed over.
export class DrawingOffice {
  private readonly waiting: Waiting[] = [];
  private drawing = 0;

  constructor(
    private readonly limit: number,
    private readonly draw: Draw,
  ) {}

  // Resolves to null if the browser cannot draw it, or if it was no longer
  // wanted when its turn came.
  order(order: DrawOrder, isWanted: () => boolean = () => true) {
    return new Promise<Drawn | null>((deliver) => {
      this.waiting.push({ order, isWanted, deliver });
      this.startMore();
    });
  }

  private startMore(): void {
    while (this.drawing < this.limit) {
      const next = this.waiting.shift();
      if (!next) return;
      if (!next.isWanted()) {
        next.deliver(null);
        continue;
      }
      this.drawing += 1;
      void this.draw(next.order)
        .catch(() => null)
        .then((drawn) => {
          this.drawing -= 1;
          next.deliver(drawn);
          this.startMore();
        });
    }
  }
}
