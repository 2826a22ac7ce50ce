/** A text that somebody wrote, as text: nothing in it is markup. Addresses of the web become links. */

const LINK = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

export function Written({ text }: { text: string }) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(<a href={found[0]} target="_blank" rel="noopener noreferrer nofollow">{found[0]}</a>);
    from = found.index + found[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  return <div class="written">{parts}</div>;
}
