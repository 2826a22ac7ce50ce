/** A snippet of what was found: the API's HTML, in which `<mark>` is the only markup, drawn as text and marks. */

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const plain = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name) return NAMED[name] ?? whole;
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

export function Marks({ snippet }: { snippet: string }) {
  return (
    <>
      {snippet.split(/(<mark>.*?<\/mark>)/s).map((part, at) =>
        part.startsWith("<mark>") ? <mark key={at}>{plain(part.slice(6, -7))}</mark> : plain(part),
      )}
    </>
  );
}
