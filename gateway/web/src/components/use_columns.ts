import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

// How many columns the style gives a grid at its present width.
export function useColumns<E extends HTMLElement>(): {
  ref: RefObject<E>;
  columns: number;
} {
  const ref = useRef<E>(null);
  const [columns, setColumns] = useState(1);
  useLayoutEffect(() => {
    const grid = ref.current;
    if (!grid) return;
    const count = () =>
      setColumns(getComputedStyle(grid).gridTemplateColumns.split(" ").length);
    const observer = new ResizeObserver(count);
    count();
    observer.observe(grid);
    return () => observer.disconnect();
  }, []);
  return { ref, columns };
}
