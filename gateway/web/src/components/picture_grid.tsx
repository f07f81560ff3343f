import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { formatCount, t } from "../i18n/language";
import type { PictureGroup } from "../pictures/arrangement";
import { NO_FILTER } from "../pictures/filter";
import { arrangement, filter, groups, shown } from "../state/pictures";
import { intoBlocks } from "./blocks";
import { PictureCard } from "./picture_card";
import { useColumns } from "./use_columns";
import { useRovingFocus } from "./use_roving_focus";

// So few get large cards.
const FEW = 4;

export function PictureGrid(): JSX.Element {
  const ref = useRovingFocus<HTMLDivElement>();
  if (shown.value.length === 0) return <NothingMatches />;
  const isGrouped = arrangement.value.grouping !== "none";
  return (
    <div ref={ref} class="groups">
      {groups.value.map((group) =>
        isGrouped ? (
          <Group key={group.title} group={group} />
        ) : (
          <Cards key="all" group={group} label={t("results.title")} />
        ),
      )}
    </div>
  );
}

function Group({ group }: { group: PictureGroup }): JSX.Element {
  const id = useId();
  const title = group.title ?? t("group.nameless");
  return (
    <section class="group" aria-labelledby={id}>
      <h3 id={id}>
        {title} <span class="count">{formatCount(group.pictures.length)}</span>
      </h3>
      <Cards group={group} label={title} />
    </section>
  );
}

interface CardsProperties {
  group: PictureGroup;
  label: string;
}

// In blocks, so that a change lays out only what is near the window.
function Cards({ group, label }: CardsProperties): JSX.Element {
  const { ref, columns } = useColumns<HTMLDivElement>();
  const blocks = intoBlocks(group.pictures, columns);
  return (
    <div role="list" class="blocks" aria-label={label}>
      {blocks.map((pictures, i) => (
        <div
          key={i}
          ref={i === 0 ? ref : null}
          class="grid"
          data-few={shown.value.length <= FEW}
          data-four={shown.value.length === 4}
          style={{ "--rows": Math.ceil(pictures.length / columns) }}
        >
          {pictures.map((picture) => (
            <PictureCard key={picture.id} picture={picture} />
          ))}
        </div>
      ))}
    </div>
  );
}

function NothingMatches(): JSX.Element {
  return (
    <div class="no-match">
      <p>{t("results.nothingMatches")}</p>
      <button type="button" onClick={() => (filter.value = NO_FILTER)}>
        {t("results.resetFilter")}
      </button>
    </div>
  );
}
