import type { JSX } from "preact";

// A file's name. Where there is no room, the folders give way, the one that it
// is in last.
export function FileName({ path }: { path: string }): JSX.Element {
  const base = path.lastIndexOf("/") + 1;
  const near = base > 0 ? path.lastIndexOf("/", base - 2) + 1 : 0;
  return (
    <span class="file-name" title={path}>
      {near > 0 && <span class="file-far">{path.slice(0, near)}</span>}
      {base > 0 && <span class="file-folder">{path.slice(near, base)}</span>}
      <span class="file-base">{path.slice(base)}</span>
    </span>
  );
}
