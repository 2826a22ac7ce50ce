/** What an id in a filter is called. */

import { useEffect, useState } from "preact/hooks";

import { nameOf, type Kind } from "../ui/lookups";

export function Name({ kind, id }: { kind: Kind; id: string }) {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    let isMeant = true;
    setName(null);
    void nameOf(kind, id).then((found) => isMeant && setName(found));
    return () => void (isMeant = false);
  }, [kind, id]);
  return <>{name ?? "…"}</>;
}
