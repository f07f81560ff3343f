import type { JSX } from "preact";

// A file's name, of which the folders give way first where there is no room.
export function FileName({ path }: { path: string }): JSX.Element {
  const cut = path.lastIndexOf("/") + 1;
  return (
    <span class="file-name" title={path}>
      {cut > 0 && <span class="file-folder">{path.slice(0, cut)}</span>}
      <span class="file-base">{path.slice(cut)}</span>
    </span>
  );
}
