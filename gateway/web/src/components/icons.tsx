import type { JSX } from "preact";

const PATHS = {
  add: "M12 5v14M5 12h14",
  folder: "M3.5 7.5a1.5 1.5 0 0 1 1.5-1.5h4l2 2.5h8a1.5 1.5 0 0 1 1.5 1.5v7.5a1.5 1.5 0 0 1-1.5 1.5H5a1.5 1.5 0 0 1-1.5-1.5z",
  camera:
    "M4.5 8h3l1.5-2.5h6L16.5 8h3A1.5 1.5 0 0 1 21 9.5v8a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-8A1.5 1.5 0 0 1 4.5 8zM12 16.5a3.250 3.250 0 1 0 0-6.5 3.250 3.250 0 0 0 0 6.5z",
  close: "M6 6l12 12M18 6L6 18",
  again: "M19 12a7 7 0 1 1-2.200-5.100M17.5 3.5v4h-4",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.600 5.600l1.1 1.100M17.300 17.300l1.1 1.100M5.600 18.400l1.1-1.100M17.300 6.700l1.1-1.1",
  moon: "M19.5 14.200A8 8 0 0 1 9.800 4.5a8 8 0 1 0 9.700 9.700z",
  pulse: "M3 12.5h4l2.5-7 4.5 13 2.5-6H21",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.300 15.300L20 20",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  copy: "M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4",
  chevron: "M7 10l5 5 5-5",
  alert: "M12 4l9 15.5H3zM12 10v4.5M12 17v.1",
  previous: "M14.5 6l-6 6 6 6",
  next: "M9.5 6l6 6-6 6",
  flip: "M4 9h13l-3-3M20 15H7l3 3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

// The character 万 as three strokes, on the seal and behind the welcome.
export const WAN_STROKES = [
  "M15 18H49",
  "M29 20.5V27Q28.5 42 15.5 49.5",
  "M31 31H46Q45.5 43.5 43 48.5Q41.5 50 35.5 49.200",
];

function Seal(): JSX.Element {
  return (
    <svg class="seal" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect class="seal-ground" width="64" height="64" rx="9" />
      {WAN_STROKES.map((d) => (
        <path key={d} class="seal-stroke" d={d} />
      ))}
    </svg>
  );
}

// here: it stands on the page that it leads to, and leads to its top.
export function Brand({ here }: { here?: boolean }): JSX.Element {
  const stay = (event: MouseEvent) => {
    if (!here || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    scrollTo({ top: 0, behavior: "smooth" });
  };
  return (
    <a class="brand" href="/" onClick={stay}>
      <Seal />
      <span class="brand-name">Wanwu</span>
      <span class="brand-hanzi" lang="zh-CN">
        万物
      </span>
    </a>
  );
}
