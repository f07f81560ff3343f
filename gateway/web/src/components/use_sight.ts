import { useEffect, useRef } from "preact/hooks";
import type { RefObject } from "preact";

// Cards this far outside the window count as in sight, so that scrolling finds
// them ready.
const MARGIN = "400px 0px";

type OnSight = (inSight: boolean) => void;

const watched = new WeakMap<Element, OnSight>();
let observer: IntersectionObserver | undefined;

function sharedObserver(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        watched.get(entry.target)?.(entry.isIntersecting);
      }
    },
    { rootMargin: MARGIN },
  );
  return observer;
}

// Tells when the element comes into sight and leaves it.
export function useSight<E extends Element>(onSight: OnSight): RefObject<E> {
  const ref = useRef<E>(null);
  const latest = useRef(onSight);
  latest.current = onSight;
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    watched.set(element, (inSight) => latest.current(inSight));
    sharedObserver().observe(element);
    return () => sharedObserver().unobserve(element);
  }, []);
  return ref;
}
