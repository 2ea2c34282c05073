// The rules' pages are Markdown of our own: a few blocks, no HTML. They become a tree, never markup.

export type Inline =
  | { kind: 'text' | 'code' | 'strong'; text: string }
  | { kind: 'link'; text: string; href: string };

export type Block =
  | { kind: 'heading'; level: number; inlines: Inline[] }
  | { kind: 'paragraph'; inlines: Inline[] }
  | { kind: 'list'; ordered: boolean; items: Inline[][] }
  | { kind: 'code'; info: string; text: string };

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** Code, strong text and links; a link leads to the web or to another rule, nowhere else. */
export function inlines(text: string): Inline[] {
  const found: Inline[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) });
    const [whole, code, strong, label, target] = match;
    if (code !== undefined) found.push({ kind: 'code', text: code });
    else if (strong !== undefined) found.push({ kind: 'strong', text: strong });
    else {
      const href = hrefOf(target ?? '');
      if (href) found.push({ kind: 'link', text: label ?? '', href });
      else found.push({ kind: 'text', text: label ?? '' });
    }
    at = match.index + whole.length;
  }
  if (at < text.length) found.push({ kind: 'text', text: text.slice(at) });
  return found;
}

function hrefOf(target: string): string | null {
  if (/^https?:\/\//.test(target)) return target;
  const rule = /([a-z0-9_]+)\.md$/.exec(target)?.[1];
  return rule ? `#/rules/${rule.replaceAll('_', '-')}` : null;
}

export function blocks(source: string): Block[] {
  const found: Block[] = [];
  const lines = source.split(/\r?\n/);
  let at = 0;
  const take = (continues: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    for (; at < lines.length && continues(lines[at] ?? ''); at++) taken.push(lines[at] ?? '');
    return taken;
  };
  while (at < lines.length) {
    const line = lines[at] ?? '';
    const heading = /^(#{1,4}) (.+)$/.exec(line);
    if (line.trim() === '') at++;
    else if (line.startsWith('```')) {
      at++;
      const text = take((it) => !it.startsWith('```')).join('\n');
      at++;
      found.push({ kind: 'code', info: line.slice(3).trim(), text });
    } else if (heading) {
      at++;
      found.push({
        kind: 'heading',
        level: heading[1]?.length ?? 1,
        inlines: inlines(heading[2] ?? ''),
      });
    } else if (ITEM.test(line)) {
      const ordered = /^\d/.test(line);
      const items: string[] = [];
      for (const it of take((it) => ITEM.test(it) || /^\s+\S/.test(it))) {
        if (ITEM.test(it)) items.push(it.replace(ITEM, ''));
        else items[items.length - 1] += ` ${it.trim()}`;
      }
      found.push({ kind: 'list', ordered, items: items.map(inlines) });
    } else {
      const text = take((it) => it.trim() !== '' && !it.startsWith('```') && !ITEM.test(it));
      found.push({ kind: 'paragraph', inlines: inlines(text.join(' ')) });
    }
  }
  return found;
}

const ITEM = /^(?:[-*]|\d+\.) /;
