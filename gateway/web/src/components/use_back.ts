import { useEffect, useRef } from "preact/hooks";

const OVERLAY = "overlay";

const isOnOverlay = () =>
  (history.state as { wanwu?: string } | null)?.wanwu === OVERLAY;

// While the component is there, the browser's Back calls `onBack` instead of
// leaving the page.
export function useBack(onBack: () => void): void {
  const latest = useRef(onBack);
  latest.current = onBack;
  useEffect(() => {
    // What Back returns to stays scrolled as it is then.
    history.scrollRestoration = "manual";
    if (!isOnOverlay()) history.pushState({ wanwu: OVERLAY }, "");
    const listen = () => {
      if (!isOnOverlay()) latest.current();
    };
    addEventListener("popstate", listen);
    return () => {
      removeEventListener("popstate", listen);
      if (isOnOverlay()) history.back();
    };
  }, []);
}
